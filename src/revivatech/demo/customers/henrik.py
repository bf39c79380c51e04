"""Henrik Dahl: a turntable that ran fast, and the storage that keeps ten years of photographs."""

from revivatech.demo.shapes import Device, FromToday, Person, Repair, Step

NAS = Device("Network storage", "Synology", "DS220j", "2130R4N881")

HENRIK = Person(
    email="henrik.dahl@mail.example",
    first_name="Henrik",
    last_name="Dahl",
    phone="+353 20 915 0166",
    repairs=(
        Repair(
            Device("Turntable", "Pro-Ject", "Debut Carbon EVO", "PJ-2209117"),
            "Runs a little too fast; a friend with good ears says half a tone.",
            ago=170,
            time="12:30",
            due=6,
            parts="9.90",
            labor="45.00",
            steps=(
                Step(2, "11:00", "diagnosing", "tom"),
                Step(2, "11:40", "repairing", "tom", note="A new belt and the speed trimmed, €54.90 as agreed."),
                Step(3, "15:00", "testing", "tom"),
                Step(
                    4,
                    "10:00",
                    "ready_for_pickup",
                    "tom",
                    note="33.3 on the strobe disc. Your friend may come and listen.",
                ),
                Step(5, "16:45", "collected", "aoife"),
            ),
        ),
        Repair(
            NAS,
            "Beeps all night. The light of disk 2 is orange. Ten years of photographs are on it.",
            ago=66,
            time="09:05",
            due=3,
            priority="urgent",
            parts="89.00",
            labor="50.00",
            warranty=24,
            steps=(
                Step(0, "09:30", "diagnosing", "larissa", note="Your pictures are safe: disk 1 is healthy and copied."),
                Step(0, "11:10", "quoted", "larissa", note="A new disk and rebuilding the pair: €139.00."),
                Step(0, "11:25", "approved", "customer"),
                Step(0, "14:20", "repairing", "larissa"),
                Step(2, "09:10", "testing", "larissa", inside="Rebuild took 31 h. Scrub over night."),
                Step(
                    3,
                    "10:30",
                    "ready_for_pickup",
                    "larissa",
                    note="Both disks are green. Please think of a copy elsewhere.",
                ),
                Step(3, "12:15", "collected", "aoife"),
            ),
            technician="larissa",
        ),
        Repair(
            NAS,
            "The fan has begun to rattle.",
            ago=3,
            time="15:35",
            due=FromToday(1),
            technician="larissa",
            priority="low",
            parts="14.00",
            labor="20.00",
            steps=(
                Step(1, "10:10", "diagnosing", "larissa"),
                Step(1, "11:00", "repairing", "larissa", note="A new fan, €34.00 as agreed at the counter."),
                Step(
                    2,
                    "09:20",
                    "waiting_for_parts",
                    "larissa",
                    note="The first fan rattled too. Another one comes.",
                    due=FromToday(1),
                ),
            ),
        ),
    ),
)
