"""Kilbrannock National School, an organisation: a trolley of tablets and the laptops of its teachers."""

from revivatech.demo.shapes import Device, FromToday, Person, Repair, Step


def _tablet(number: int) -> Device:
    return Device("Tablet", "Apple", "iPad (9th gen)", f"KNS-TROLLEY-{number:02}")


OFFICE = Device("Laptop", "HP", "ProBook 450 G8", "5CD1330TGW")
PROJECTOR = Device("Projector", "Epson", "EB-X49", "X8GW0Z00342")
STAFF_ROOM = Device("Laptop", "Lenovo", "ThinkPad L14 Gen 2", "PF3A7T2M")
PRINTER = Device("Printer", "Brother", "MFC-L2710DW", "E78261B1N")

SCHOOL = Person(
    email="office@kilbrannock-ns.example",
    first_name="Kilbrannock National School",
    last_name="",
    phone="+353 20 915 0153",
    is_organisation=True,
    unread=1,
    repairs=(
        Repair(
            _tablet(4),
            "Cracked glass, tablet 4 of the trolley. It still works but a pupil cut a finger.",
            ago=247,
            time="09:15",
            due=3,
            priority="high",
            parts="44.00",
            labor="35.00",
            steps=(
                Step(0, "11:00", "diagnosing", "tom"),
                Step(0, "11:30", "repairing", "tom", note="Glass only, at the price agreed with the school."),
                Step(1, "12:15", "testing", "tom"),
                Step(2, "09:20", "collected", "aoife", note="Handed to Ms Keane with the receipt for the school."),
            ),
        ),
        Repair(
            _tablet(11),
            "The home button sticks. Something sweet, we think.",
            ago=190,
            time="14:10",
            due=4,
            technician="larissa",
            labor="28.00",
            steps=(
                Step(1, "10:30", "diagnosing", "larissa", inside="Jam. Definitely jam."),
                Step(1, "11:15", "repairing", "larissa"),
                Step(1, "14:00", "testing", "larissa"),
                Step(2, "10:00", "ready_for_pickup", "larissa", note="Cleaned; no part was needed."),
                Step(4, "15:30", "collected", "aoife"),
            ),
        ),
        Repair(
            PROJECTOR,
            "Yellow tint on everything and a burnt smell after ten minutes.",
            ago=152,
            time="10:45",
            due=7,
            technician="larissa",
            warranty=0,
            steps=(
                Step(1, "15:00", "diagnosing", "larissa"),
                Step(
                    3,
                    "12:10",
                    "quoted",
                    "larissa",
                    note="Lamp and colour wheel: €268.00. The maker has none left in stock.",
                ),
                Step(
                    6, "09:30", "cancelled", "aoife", note="The board decided to replace it. We keep it for recycling."
                ),
            ),
        ),
        Repair(
            STAFF_ROOM,
            "Very slow since the summer, and the disk clicks.",
            ago=126,
            time="13:35",
            due=4,
            parts="58.00",
            labor="62.00",
            warranty=12,
            steps=(
                Step(
                    1, "09:25", "diagnosing", "tom", inside="Reallocated sectors rising. Copy first, questions later."
                ),
                Step(1, "10:40", "quoted", "tom", note="A solid-state disk and moving everything over: €120.00."),
                Step(2, "09:50", "approved", "aoife", note="Approved by Ms Keane on the phone."),
                Step(2, "10:15", "repairing", "tom"),
                Step(3, "11:00", "testing", "tom"),
                Step(3, "15:40", "ready_for_pickup", "tom", note="All files are there. It starts in eleven seconds."),
                Step(4, "09:40", "collected", "aoife"),
            ),
        ),
        Repair(
            _tablet(2),
            "Does not charge in the trolley, nor on a cable.",
            ago=63,
            time="09:45",
            due=5,
            parts="19.00",
            labor="45.00",
            steps=(
                Step(1, "11:50", "diagnosing", "tom"),
                Step(2, "10:10", "repairing", "tom", note="A new charging port, at the price agreed with the school."),
                Step(3, "14:30", "testing", "tom", inside="Drops to 0.4 A warm. Reflow the port."),
                Step(3, "16:05", "repairing", "tom", note="One contact is not perfect yet: we do it again."),
                Step(4, "11:20", "testing", "tom"),
                Step(5, "09:55", "ready_for_pickup", "tom"),
                Step(6, "15:20", "collected", "aoife"),
            ),
        ),
        Repair(
            OFFICE,
            "Keyboard types double letters. The office cannot write a single email.",
            ago=8,
            time="09:20",
            due=4,
            priority="urgent",
            technician="larissa",
            parts="36.00",
            labor="40.00",
            steps=(
                Step(0, "10:00", "diagnosing", "larissa"),
                Step(0, "10:50", "quoted", "larissa", note="A new keyboard, in stock: €76.00."),
                Step(0, "11:15", "approved", "customer"),
                Step(0, "13:40", "repairing", "larissa"),
                Step(1, "10:20", "testing", "larissa"),
                Step(
                    1,
                    "14:00",
                    "ready_for_pickup",
                    "larissa",
                    note="Ready since this afternoon, no double letters left.",
                ),
            ),
        ),
        Repair(
            PRINTER,
            "Paper jam at every second sheet, and the lid of the scanner is loose.",
            ago=4,
            time="15:05",
            due=FromToday(2),
            technician="tom",
            parts="12.50",
            labor="38.00",
            steps=(
                Step(1, "16:20", "diagnosing", "tom"),
                Step(2, "12:40", "quoted", "tom", note="Pick-up rollers and a hinge: €50.50."),
                Step(3, "09:30", "approved", "aoife", note="Approved by Ms Keane by e-mail."),
            ),
        ),
        Repair(
            _tablet(7),
            "Restarts in the middle of a lesson, several times a day.",
            ago=2,
            time="14:25",
            due=FromToday(3),
            technician="larissa",
            steps=(
                Step(
                    1,
                    "11:35",
                    "diagnosing",
                    "larissa",
                    note="It runs a test over night so that we see a restart ourselves.",
                    inside="Panic log names the battery gauge. Swap the flex first.",
                ),
            ),
        ),
    ),
)
