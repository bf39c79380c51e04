"""Nora Quinn, who signs in as customer@demo.example: a year with a household of devices."""

from revivatech.accounts.profile.addresses.contracts import AddressFields
from revivatech.demo.shapes import Device, FromToday, Person, Repair, Step

IPHONE = Device("Phone", "Apple", "iPhone 12", "DNPHQ2N0F0", "001010123456780")
XPS = Device("Laptop", "Dell", "XPS 13 9310", "7QK4N93")
PLAYSTATION = Device("Games console", "Sony", "PlayStation 4 Slim", "03-27452189")
HEADPHONES = Device("Headphones", "Sony", "WH-1000XM4")
KINDLE = Device("E-reader", "Amazon", "Kindle Paperwhite (10th gen)", "G000PP13")
COFFEE = Device("Coffee machine", "De'Longhi", "Magnifica S ECAM 22.110", "20117-W")
IPAD = Device("Tablet", "Apple", "iPad Air (4th gen)", "DMPF71ZQ16")
SWITCH = Device("Games console", "Nintendo", "Switch OLED", "XTJ100412790")
WATCH = Device("Smartwatch", "Garmin", "Forerunner 245", "5XB014922")

NORA = Person(
    email="customer@demo.example",
    first_name="Nora",
    last_name="Quinn",
    phone="+353 20 915 0151",
    has_password=True,
    unread=3,
    addresses=(
        AddressFields(
            street_address="3 Weaver's Row", city="Ballymara", state="Co. Galway", postal_code="H91 Q7R2", country="IE"
        ),
        AddressFields(
            type="other",
            label="My parents",
            street_address="Mill Cottage",
            district="Knockreagh",
            city="Kilmara",
            state="Co. Clare",
            country="IE",
        ),
    ),
    repairs=(
        Repair(
            IPHONE,
            "Battery is at 74 % and the phone dies on cold mornings, once in the middle of a call.",
            ago=238,
            time="09:25",
            due=2,
            parts="34.00",
            labor="25.00",
            steps=(
                Step(0, "10:40", "diagnosing", "tom"),
                Step(0, "11:05", "repairing", "tom", note="Only the battery is worn. We change it at our list price."),
                Step(0, "12:20", "testing", "tom"),
                Step(1, "09:30", "ready_for_pickup", "tom", note="New battery is in and calibrated: 100 %."),
                Step(1, "13:10", "collected", "aoife"),
            ),
        ),
        Repair(
            XPS,
            "The fan roars even with nothing open and the palm rest gets really hot.",
            ago=201,
            time="12:45",
            due=4,
            technician="larissa",
            parts="18.50",
            labor="55.00",
            steps=(
                Step(1, "09:50", "diagnosing", "larissa", inside="Fan bearing worn, heat sink full of felt."),
                Step(
                    1, "15:15", "quoted", "larissa", note="Fan cleaned or replaced? We advise replacing: €73.50 in all."
                ),
                Step(1, "17:55", "approved", "customer"),
                Step(2, "10:10", "repairing", "larissa"),
                Step(
                    3, "11:30", "testing", "larissa", note="New fan and fresh thermal paste. An hour of load at 71 °C."
                ),
                Step(3, "16:40", "ready_for_pickup", "larissa"),
                Step(5, "17:20", "collected", "aoife"),
            ),
        ),
        Repair(
            PLAYSTATION,
            "No picture. If I hold the HDMI plug up it flickers for a second.",
            ago=176,
            time="10:05",
            due=5,
            parts="9.00",
            labor="60.00",
            steps=(
                Step(1, "09:20", "diagnosing", "tom", inside="Pins 3 and 7 bent, pad lifted on 3."),
                Step(1, "11:00", "quoted", "tom", note="The HDMI socket is torn. Replacing it costs €69.00."),
                Step(2, "09:05", "approved", "customer"),
                Step(3, "14:00", "repairing", "tom"),
                Step(4, "10:30", "testing", "tom"),
                Step(4, "15:45", "ready_for_pickup", "tom", note="Played two hours of football on it. For science."),
                Step(6, "12:35", "collected", "aoife"),
            ),
        ),
        Repair(
            HEADPHONES,
            "Left side crackles, then goes silent after a few minutes. They got caught in the rain.",
            ago=140,
            time="16:30",
            due=3,
            technician="larissa",
            warranty=0,
            steps=(
                Step(1, "10:15", "diagnosing", "larissa", inside="Corrosion under the left amp, traces gone."),
                Step(
                    2,
                    "11:40",
                    "cancelled",
                    "larissa",
                    note="The board is corroded through. A repair would cost more than a new pair, so we advise "
                    "against it. There is nothing to pay.",
                ),
            ),
        ),
        Repair(
            KINDLE,
            "Lasts half a day now. It used to be weeks.",
            ago=118,
            time="09:50",
            due=4,
            parts="16.00",
            labor="29.00",
            steps=(
                Step(1, "13:20", "diagnosing", "tom"),
                Step(
                    1, "13:50", "repairing", "tom", note="A battery, as you thought. €45.00 as agreed at the counter."
                ),
                Step(2, "10:00", "testing", "tom"),
                Step(4, "09:30", "ready_for_pickup", "tom", note="It lost 2 % over two nights with the light on."),
                Step(4, "17:45", "collected", "aoife"),
            ),
        ),
        Repair(
            COFFEE,
            "Grinds the beans, hums, and then says “general alarm”. No coffee since Sunday. Please hurry.",
            ago=77,
            time="09:05",
            due=5,
            priority="high",
            parts="27.90",
            labor="65.00",
            warranty=12,
            steps=(
                Step(0, "14:10", "diagnosing", "tom", inside="Brewing unit seized, infuser piston seal gone."),
                Step(1, "10:00", "quoted", "tom", note="Seals of the brewing unit and a descaling: €92.90."),
                Step(1, "10:20", "approved", "customer"),
                Step(1, "10:45", "waiting_for_parts", "tom", note="The seal kit comes on Thursday.", due=5),
                Step(4, "11:15", "repairing", "tom"),
                Step(5, "09:40", "testing", "tom"),
                Step(
                    5, "12:00", "ready_for_pickup", "tom", note="Twelve espressos later: all good. Descale it monthly."
                ),
                Step(5, "16:55", "collected", "aoife"),
            ),
        ),
        Repair(
            IPHONE,
            "Dropped on the pavement. Glass is splintered across the top, touch still works.",
            ago=41,
            time="13:15",
            due=2,
            parts="79.00",
            labor="40.00",
            steps=(
                Step(0, "14:30", "diagnosing", "tom"),
                Step(0, "14:55", "quoted", "tom", note="New display, True Tone kept: €119.00."),
                Step(0, "15:30", "approved", "customer"),
                Step(1, "10:20", "repairing", "tom"),
                Step(1, "12:10", "testing", "tom"),
                Step(1, "15:00", "ready_for_pickup", "tom"),
                Step(2, "12:50", "collected", "aoife"),
                Step(
                    9,
                    "09:35",
                    "repairing",
                    "maeve",
                    note="You told us that a strip at the top does not react. That is ours to mend, at no cost.",
                    inside="Warranty. Batch LCD-114 again: third one back, talk to the supplier.",
                    due=10,
                ),
                Step(9, "15:20", "testing", "tom", note="Another display, from another batch."),
                Step(10, "10:00", "ready_for_pickup", "tom", note="Every corner reacts. Sorry for the second trip."),
                Step(10, "17:10", "collected", "aoife"),
            ),
        ),
        Repair(
            IPAD,
            "Charges only when the cable sits at an angle.",
            ago=12,
            time="11:40",
            due=5,
            technician="larissa",
            parts="22.00",
            labor="58.00",
            steps=(
                Step(1, "09:45", "diagnosing", "larissa", inside="Two pins burnt. Cable of the car charger?"),
                Step(1, "11:10", "quoted", "larissa", note="A new charging port: €80.00. The battery is fine."),
                Step(1, "17:40", "approved", "customer"),
                Step(3, "10:30", "repairing", "larissa"),
                Step(4, "14:20", "testing", "larissa"),
                Step(
                    5,
                    "10:05",
                    "ready_for_pickup",
                    "larissa",
                    note="It charges again with any cable. Please throw the old car charger away: it burnt the pins.",
                ),
            ),
        ),
        Repair(
            XPS,
            "Tea. Over the left half of the keyboard. Switched off at once and turned upside down.",
            ago=5,
            time="09:10",
            due=FromToday(1),
            priority="high",
            parts="64.00",
            labor="75.00",
            inside="Backup of the SSD is on the bench drive, label NQ-5. Wipe after hand-over.",
            steps=(
                Step(
                    0, "09:40", "diagnosing", "tom", note="Thank you for being so quick: we have opened and dried it."
                ),
                Step(1, "11:25", "quoted", "tom", note="The board is clean. The keyboard is not: €139.00 with labour."),
                Step(1, "12:05", "approved", "customer"),
                Step(1, "12:30", "waiting_for_parts", "tom", note="A keyboard with an Irish layout is on its way."),
                Step(
                    4,
                    "10:15",
                    "repairing",
                    "tom",
                    note="The keyboard is here. Riveted in, so it takes a day.",
                    inside="84 rivets. Order screws next time.",
                    due=FromToday(1),
                ),
            ),
        ),
        Repair(
            SWITCH,
            "The left stick walks by itself, and the fan has started to whistle.",
            ago=3,
            time="16:15",
            due=FromToday(3),
            technician="larissa",
            parts="21.00",
            labor="38.00",
            steps=(
                Step(1, "10:50", "diagnosing", "larissa"),
                Step(
                    2,
                    "15:35",
                    "quoted",
                    "larissa",
                    note="A new stick for €24.00 and a new fan for €35.00: €59.00 for both. Which would you like?",
                    inside="Fan can wait if she prefers; the stick is the urgent one.",
                ),
            ),
        ),
        Repair(
            WATCH,
            "The strap lug is broken and it no longer finds satellites.",
            ago=0,
            time="16:50",
            due=FromToday(4),
            technician=None,
            priority="low",
        ),
    ),
)
