"""Amara Okafor: a family's devices, one of them cancelled because a used one costs as little."""

from revivatech.demo.shapes import Device, FromToday, Person, Repair, Step

AMARA = Person(
    email="amara.okafor@mail.example",
    first_name="Amara",
    last_name="Okafor",
    phone="+353 20 915 0165",
    unread=1,
    repairs=(
        Repair(
            Device("Games console", "Sony", "PlayStation 5", "AJ10428871"),
            "Screams like a hair dryer and then switches off.",
            ago=158,
            time="16:40",
            due=4,
            parts="15.00",
            labor="60.00",
            steps=(
                Step(1, "10:50", "diagnosing", "tom", inside="Liquid metal has run to one side."),
                Step(1, "12:20", "quoted", "tom", note="Fresh liquid metal and a cleaning: €75.00."),
                Step(1, "13:00", "approved", "customer"),
                Step(3, "10:15", "repairing", "tom"),
                Step(3, "16:30", "testing", "tom"),
                Step(4, "12:00", "ready_for_pickup", "tom", note="Now it whispers."),
                Step(5, "17:35", "collected", "aoife"),
            ),
        ),
        Repair(
            Device("Tablet", "Amazon", "Fire HD 10", "G0W1MA07"),
            "My son has bitten into the charging port.",
            ago=92,
            time="09:55",
            due=3,
            technician="larissa",
            steps=(
                Step(1, "11:30", "diagnosing", "larissa"),
                Step(
                    1, "14:15", "quoted", "larissa", note="A new port costs €61.00; the tablet sells for €70.00 used."
                ),
                Step(2, "12:00", "cancelled", "aoife", note="Cancelled as you wished; collected the same day."),
            ),
            warranty=0,
        ),
        Repair(
            Device("Kettle", "Dualit", "Lite 72200"),
            "Leaks from the base, a drop at a time.",
            ago=20,
            time="14:00",
            due=4,
            technician="larissa",
            parts="7.00",
            labor="24.00",
            steps=(
                Step(1, "16:10", "diagnosing", "larissa"),
                Step(2, "09:40", "repairing", "larissa", note="A seal, €31.00 as agreed."),
                Step(3, "10:20", "testing", "larissa"),
                Step(
                    4,
                    "09:15",
                    "ready_for_pickup",
                    "larissa",
                    note="Dry after forty boils. It waits for you at the counter.",
                ),
            ),
        ),
        Repair(
            Device("Phone", "OnePlus", "Nord 2T", "3a1f77c2", "001010678901230"),
            "The back is cracked and the phone gets hot at the lower left.",
            ago=0,
            time="10:35",
            due=FromToday(3),
            technician="larissa",
        ),
    ),
)
