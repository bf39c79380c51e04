"""Siobhán Daly: a laptop that has been here twice, and headphones with a snapped joint."""

from revivatech.demo.shapes import Device, FromToday, Person, Repair, Step

MACBOOK = Device("Laptop", "Apple", "MacBook Air M1", "C02FN0XQQ6L4")

SIOBHAN = Person(
    email="siobhan.daly@mail.example",
    first_name="Siobhán",
    last_name="Daly",
    phone="+353 20 915 0161",
    repairs=(
        Repair(
            MACBOOK,
            "A grain of sand under the space bar. It crunches, and sometimes there is no space.",
            ago=231,
            time="12:05",
            due=3,
            labor="35.00",
            steps=(
                Step(1, "09:35", "diagnosing", "larissa"),
                Step(1, "10:05", "repairing", "larissa", note="Taken off, cleaned, put back. €35.00 as agreed."),
                Step(1, "11:00", "testing", "larissa"),
                Step(1, "12:30", "ready_for_pickup", "larissa"),
                Step(2, "17:15", "collected", "aoife"),
            ),
            technician="larissa",
        ),
        Repair(
            MACBOOK,
            "Swollen. The lid does not close any more and the trackpad has stopped clicking.",
            ago=88,
            time="09:10",
            due=3,
            priority="urgent",
            parts="99.00",
            labor="60.00",
            steps=(
                Step(0, "09:20", "diagnosing", "tom", note="Please do not charge it any more: the battery is swollen."),
                Step(0, "12:45", "quoted", "tom", note="A new battery and a clean trackpad: €159.00."),
                Step(0, "14:50", "approved", "customer"),
                Step(2, "10:30", "repairing", "tom", inside="Old pack in the sand bucket, collected on Friday."),
                Step(2, "15:25", "testing", "tom"),
                Step(3, "10:15", "ready_for_pickup", "tom", note="Flat as a board again, and the trackpad clicks."),
                Step(3, "12:55", "collected", "aoife"),
            ),
        ),
        Repair(
            Device("Headphones", "Bose", "QuietComfort 35 II"),
            "The right ear cup turns freely: the joint has snapped.",
            ago=1,
            time="10:55",
            due=FromToday(4),
            technician="larissa",
            steps=(Step(1, "12:25", "diagnosing", "larissa"),),
        ),
    ),
)
