"""Marina Farias, who reads Portuguese: a watch that lost time, and an air purifier that is due today."""

from revivatech.demo.shapes import Device, FromToday, Person, Repair, Step

MARINA = Person(
    email="marina.farias@mail.example",
    first_name="Marina",
    last_name="Farias",
    phone="+353 20 915 0175",
    language="pt-BR",
    repairs=(
        Repair(
            Device("Watch", "Seiko", "5 Sports SRPD55", "0D4471"),
            "Atrasa uns dez minutos por dia.",
            ago=167,
            time="13:05",
            due=10,
            priority="low",
            technician="tom",
            labor="60.00",
            steps=(
                Step(3, "16:20", "diagnosing", "tom"),
                Step(4, "10:00", "repairing", "tom", note="Limpeza e regulagem, € 60,00 como combinado."),
                Step(6, "15:30", "testing", "tom"),
                Step(9, "11:10", "ready_for_pickup", "tom", note="Três dias em teste: dois segundos por dia."),
                Step(11, "12:45", "collected", "aoife"),
            ),
        ),
        Repair(
            Device("Phone", "Apple", "iPhone 13 mini", "K9WQ2T0LMN", "001010012345672"),
            "O vidro da câmera quebrou e entrou poeira nas fotos.",
            ago=24,
            time="17:10",
            due=3,
            technician="larissa",
            parts="23.00",
            labor="37.00",
            steps=(
                Step(1, "10:25", "diagnosing", "larissa"),
                Step(1, "10:50", "quoted", "larissa", note="Vidro novo e limpeza da lente: € 60,00."),
                Step(1, "12:35", "approved", "customer"),
                Step(2, "09:40", "repairing", "larissa"),
                Step(2, "11:30", "testing", "larissa"),
                Step(2, "15:15", "ready_for_pickup", "larissa", note="Fotos nítidas, sem um grão de poeira."),
                Step(4, "17:45", "collected", "aoife"),
            ),
        ),
        Repair(
            Device("Air purifier", "Philips", "AC2889", "PA-18830041"),
            "Faz um barulho de areia quando está na velocidade alta.",
            ago=4,
            time="10:05",
            due=FromToday(0),
            technician="tom",
            parts="15.00",
            labor="28.00",
            steps=(
                Step(1, "10:40", "diagnosing", "tom"),
                Step(2, "15:15", "repairing", "tom", note="Rolamento do ventilador, € 43,00 como combinado no balcão."),
            ),
        ),
    ),
)
