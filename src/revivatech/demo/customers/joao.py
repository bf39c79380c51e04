"""João Pedro Vasconcelos, who reads Portuguese: an amplifier, a console, and a phone that nobody has looked at yet."""

from revivatech.demo.shapes import Device, FromToday, Person, Repair, Step

MI = Device("Phone", "Xiaomi", "Mi 11 Lite", "28413/K1XQ", "001010901234565")

JOAO = Person(
    email="joao.vasconcelos@mail.example",
    first_name="João Pedro",
    last_name="Vasconcelos",
    phone="+353 20 915 0173",
    language="pt-BR",
    repairs=(
        Repair(
            Device("Guitar amplifier", "Fender", "Champion 40", "ICTB20014"),
            "Chia quando mexo no ganho e o som falha.",
            ago=213,
            time="16:20",
            due=6,
            parts="5.00",
            labor="38.00",
            steps=(
                Step(2, "10:30", "diagnosing", "tom"),
                Step(2, "11:00", "repairing", "tom", note="Potenciômetro e limpeza, € 43,00 como combinado."),
                Step(2, "15:40", "testing", "tom", inside="Tested with the loud guitar. Neighbours informed."),
                Step(3, "09:35", "ready_for_pickup", "tom"),
                Step(6, "17:10", "collected", "aoife"),
            ),
        ),
        Repair(
            Device("Games console", "Valve", "Steam Deck", "FVAA-2350-0C41"),
            "O gatilho direito não volta.",
            ago=115,
            time="11:25",
            due=3,
            technician="larissa",
            parts="17.00",
            labor="30.00",
            steps=(
                Step(1, "09:30", "diagnosing", "larissa"),
                Step(1, "10:10", "repairing", "larissa", note="Gatilho novo, € 47,00 como combinado."),
                Step(1, "11:20", "testing", "larissa"),
                Step(1, "14:30", "ready_for_pickup", "larissa"),
                Step(2, "12:10", "collected", "aoife"),
            ),
        ),
        Repair(
            MI,
            "Bateria estufada, a tampa levantou.",
            ago=38,
            time="10:50",
            due=2,
            priority="high",
            parts="28.00",
            labor="32.00",
            steps=(
                Step(0, "11:00", "diagnosing", "tom", note="Por segurança, não carregue mais o aparelho."),
                Step(0, "11:30", "quoted", "tom", note="Bateria e vedação novas: € 60,00."),
                Step(0, "12:40", "approved", "customer"),
                Step(1, "10:20", "repairing", "tom"),
                Step(1, "12:50", "testing", "tom"),
                Step(1, "16:00", "ready_for_pickup", "tom", note="Bateria nova, tampa selada."),
                Step(2, "09:45", "collected", "aoife"),
            ),
        ),
        Repair(
            MI,
            "Depois de uma queda, a câmera traseira não foca.",
            ago=1,
            time="16:05",
            due=FromToday(2),
            technician=None,
        ),
    ),
)
