"""Patrick O'Rourke: a phone that swam in his waders, a worn camera, and a bicycle's dark display."""

from revivatech.demo.shapes import Device, Person, Repair, Step

PIXEL = Device("Phone", "Google", "Pixel 6a", "27161JEGR0", "001010456789013")

PATRICK = Person(
    email="patrick.orourke@mail.example",
    first_name="Patrick",
    last_name="O'Rourke",
    phone="+353 20 915 0163",
    repairs=(
        Repair(
            PIXEL,
            "Went for a swim in my waders. It is on, but the camera is a fog.",
            ago=195,
            time="09:30",
            due=3,
            priority="high",
            parts="48.00",
            labor="55.00",
            warranty=3,
            steps=(
                Step(0, "10:15", "diagnosing", "larissa", note="Opened and drying. More tomorrow."),
                Step(
                    1,
                    "12:00",
                    "quoted",
                    "larissa",
                    note="Camera module and new seals: €103.00. We cannot promise it stays waterproof.",
                ),
                Step(1, "16:10", "approved", "customer"),
                Step(2, "11:10", "repairing", "larissa"),
                Step(3, "10:00", "testing", "larissa"),
                Step(3, "14:30", "ready_for_pickup", "larissa"),
                Step(4, "12:20", "collected", "aoife"),
            ),
            technician="larissa",
        ),
        Repair(
            Device("Camera", "Nikon", "D5600", "6021447"),
            "Shutter error after about thirty pictures.",
            ago=133,
            time="15:45",
            due=10,
            steps=(
                Step(2, "10:30", "diagnosing", "tom"),
                Step(3, "14:00", "quoted", "tom", note="The shutter unit is worn: €214.00 with labour."),
                Step(4, "11:30", "diagnosing", "customer", note="Is there a second-hand unit?"),
                Step(6, "10:45", "quoted", "tom", note="A tested used unit, three months of warranty: €138.00."),
                Step(6, "13:05", "approved", "customer"),
                Step(9, "09:40", "repairing", "tom"),
                Step(10, "11:15", "testing", "tom", note="Five hundred pictures of the harbour, no error."),
                Step(10, "16:20", "ready_for_pickup", "tom"),
                Step(12, "17:50", "collected", "aoife"),
            ),
            parts="78.00",
            labor="60.00",
            warranty=3,
        ),
        Repair(
            PIXEL,
            "Fingerprint reader no longer knows me since the display was cleaned.",
            ago=49,
            time="13:20",
            due=1,
            labor="0.00",
            technician="larissa",
            kind="warranty",
            steps=(
                Step(0, "14:05", "diagnosing", "larissa"),
                Step(0, "14:20", "repairing", "larissa"),
                Step(0, "14:50", "testing", "larissa"),
                Step(0, "15:10", "collected", "larissa", note="Calibrated while you waited. No charge."),
            ),
        ),
        Repair(
            Device("E-bike display", "Bosch", "Kiosk 300", "B3-00417"),
            "Shows nothing although the battery is full. The bike itself rides.",
            ago=7,
            time="17:20",
            due=5,
            technician="tom",
            steps=(Step(2, "15:30", "diagnosing", "tom", note="We have asked the maker for the wiring plan.", due=5),),
        ),
    ),
)
