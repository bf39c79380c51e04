"""Declan Murphy, who has no e-mail address: his late wife's radio, and a telephone that was too quiet."""

from revivatech.demo.shapes import Device, Person, Repair, Step

RADIO = Device("Radio", "Roberts", "Revival RD70", "RD70-118834")

DECLAN = Person(
    email=None,
    first_name="Declan",
    last_name="Murphy",
    phone="+353 20 915 0162",
    repairs=(
        Repair(
            RADIO,
            "Hums on DAB and on FM. It was my wife's kitchen radio; there is no hurry, but please be careful with it.",
            ago=209,
            time="11:30",
            due=8,
            priority="low",
            parts="4.20",
            labor="40.00",
            steps=(
                Step(2, "16:30", "diagnosing", "tom", inside="Filter capacitor of the supply. Parts drawer C-14."),
                Step(3, "10:00", "repairing", "tom"),
                Step(3, "11:40", "testing", "tom"),
                Step(
                    5,
                    "09:30",
                    "ready_for_pickup",
                    "tom",
                    note="It has played for two days on the bench, without a hum.",
                ),
                Step(9, "14:05", "collected", "aoife"),
            ),
        ),
        Repair(
            Device("Phone", "Doro", "8050", imei="001010345678906"),
            "Cannot hear callers unless it is on loudspeaker.",
            ago=96,
            time="10:10",
            due=2,
            labor="22.00",
            technician="larissa",
            steps=(
                Step(0, "11:20", "diagnosing", "larissa"),
                Step(0, "11:50", "repairing", "larissa"),
                Step(0, "12:10", "testing", "larissa"),
                Step(0, "12:40", "ready_for_pickup", "larissa", note="The earpiece was full of dust. Cleaned."),
                Step(1, "10:30", "collected", "aoife"),
            ),
        ),
        Repair(
            RADIO,
            "The volume knob has come off and the shaft is cracked.",
            ago=14,
            time="11:05",
            due=6,
            parts="11.00",
            labor="25.00",
            steps=(
                Step(1, "15:45", "diagnosing", "tom"),
                Step(2, "10:20", "repairing", "tom", note="We turn a new shaft: €36.00 as we told you on the phone."),
                Step(
                    3,
                    "09:15",
                    "waiting_for_parts",
                    "tom",
                    note="The potentiometer went with it; a new one is ordered.",
                    due=10,
                ),
            ),
            inside="No e-mail: ring him before noon, he hears the phone better then.",
        ),
    ),
)
