"""Colm Hennessy: a repair that was not worth its price, one done while he waited, one with a second fault."""

from revivatech.demo.shapes import Device, Person, Repair, Step

COLM = Person(
    email="colm.hennessy@mail.example",
    first_name="Colm",
    last_name="Hennessy",
    phone="+353 20 915 0167",
    repairs=(
        Repair(
            Device("Laptop", "HP", "Spectre x360 13", "5CG0207XYZ"),
            "The pen works, my fingers do not.",
            ago=145,
            time="13:55",
            due=7,
            steps=(
                Step(1, "12:00", "diagnosing", "tom"),
                Step(2, "10:00", "quoted", "tom", note="The digitiser comes with the display only: €322.00."),
                Step(
                    3, "14:40", "cancelled", "aoife", note="Not worth it for you, we understand. No charge for looking."
                ),
            ),
            warranty=0,
        ),
        Repair(
            Device("Phone", "Fairphone", "4", "FP4-0091744", "001010789012349"),
            "The USB port is loose. I have the part, I do not have the patience.",
            ago=81,
            time="17:05",
            due=2,
            labor="15.00",
            technician="larissa",
            steps=(
                Step(0, "17:15", "diagnosing", "larissa"),
                Step(0, "17:20", "repairing", "larissa", note="Two screws. €15.00 for our patience."),
                Step(0, "17:30", "testing", "larissa"),
                Step(0, "17:40", "collected", "larissa"),
            ),
            warranty=0,
        ),
        Repair(
            Device("Monitor", "LG", "27UL500", "104NTAB5C447"),
            "Goes black for a second, several times an hour.",
            ago=10,
            time="11:50",
            due=6,
            parts="18.00",
            labor="45.00",
            steps=(
                Step(1, "14:20", "diagnosing", "tom"),
                Step(3, "10:30", "quoted", "tom", note="Capacitors of the supply: €63.00."),
                Step(3, "16:20", "approved", "customer"),
                Step(
                    5,
                    "10:00",
                    "repairing",
                    "tom",
                    inside="Replaced C812-C815, still drops. Look at the backlight driver.",
                ),
                Step(
                    8,
                    "11:00",
                    "repairing",
                    "tom",
                    note="It is better but not good. We have found a second fault, which we mend without charge.",
                ),
            ),
        ),
    ),
)
