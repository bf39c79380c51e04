"""Camila Teixeira, who reads Portuguese: a quote for her coffee machine waits for her answer."""

from revivatech.demo.shapes import Device, FromToday, Person, Repair, Step

DYSON = Device("Hair dryer", "Dyson", "Supersonic HD08", "M2Y-EU-KKB")

CAMILA = Person(
    email="camila.teixeira@mail.example",
    first_name="Camila",
    last_name="Teixeira",
    phone="+353 20 915 0171",
    language="pt-BR",
    unread=2,
    repairs=(
        Repair(
            DYSON,
            "Pisca vermelho e desliga depois de um minuto. Já limpei o filtro.",
            ago=219,
            time="10:15",
            due=4,
            technician="larissa",
            parts="29.00",
            labor="40.00",
            steps=(
                Step(1, "11:20", "diagnosing", "larissa"),
                Step(1, "15:10", "quoted", "larissa", note="O sensor de temperatura falhou: € 69,00 com mão de obra."),
                Step(2, "09:25", "approved", "customer"),
                Step(3, "10:40", "repairing", "larissa"),
                Step(3, "15:20", "testing", "larissa"),
                Step(
                    4,
                    "10:00",
                    "ready_for_pickup",
                    "larissa",
                    note="Meia hora ligado sem desligar. Filtro novo de cortesia.",
                ),
                Step(5, "13:15", "collected", "aoife"),
            ),
        ),
        Repair(
            Device("Phone", "Motorola", "Moto G82", "ZY22GHT4KL", "001010890123456"),
            "O microfone some no meio das ligações.",
            ago=99,
            time="14:35",
            due=2,
            parts="11.00",
            labor="34.00",
            steps=(
                Step(1, "09:50", "diagnosing", "tom"),
                Step(
                    1,
                    "10:35",
                    "repairing",
                    "tom",
                    note="Trocamos a placa de carga com o microfone: € 45,00, como combinado.",
                ),
                Step(1, "14:10", "testing", "tom"),
                Step(2, "09:30", "ready_for_pickup", "tom"),
                Step(2, "17:25", "collected", "aoife"),
            ),
        ),
        Repair(
            Device("Coffee machine", "Nespresso", "Vertuo Next", "21077GDV"),
            "Aceita a cápsula, gira e não sai café. A luz fica laranja.",
            ago=4,
            time="09:30",
            due=FromToday(2),
            technician="larissa",
            steps=(
                Step(1, "15:50", "diagnosing", "larissa"),
                Step(
                    3,
                    "14:25",
                    "quoted",
                    "larissa",
                    note="A bomba precisa ser trocada: € 58,00 no total. Podemos começar?",
                    inside="Pump ETA two days; one left in drawer C-02.",
                ),
            ),
            parts="26.00",
            labor="32.00",
        ),
    ),
)
