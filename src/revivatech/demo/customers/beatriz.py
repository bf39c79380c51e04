"""Beatriz Antunes, who reads Portuguese: a dissertation that was saved, and an e-reader that waits for her."""

from revivatech.demo.shapes import Device, Person, Repair, Step

KOBO = Device("E-reader", "Kobo", "Libra 2", "N418-02K77")

BEATRIZ = Person(
    email="beatriz.antunes@mail.example",
    first_name="Beatriz",
    last_name="Antunes",
    phone="+353 20 915 0172",
    language="pt-BR",
    unread=1,
    repairs=(
        Repair(
            KOBO,
            "A tela ficou com listras depois que sentei em cima. Eu sei.",
            ago=187,
            time="12:15",
            due=8,
            parts="62.00",
            labor="30.00",
            steps=(
                Step(1, "10:00", "diagnosing", "tom"),
                Step(1, "10:20", "quoted", "tom", note="Tela nova: € 92,00. Chega em uma semana."),
                Step(1, "11:30", "approved", "customer"),
                Step(2, "09:15", "waiting_for_parts", "tom", note="A tela foi encomendada."),
                Step(7, "13:40", "repairing", "tom"),
                Step(7, "16:15", "testing", "tom"),
                Step(8, "09:40", "ready_for_pickup", "tom", note="Sem listras, e com todos os seus livros."),
                Step(8, "12:30", "collected", "aoife"),
            ),
        ),
        Repair(
            Device("Laptop", "Acer", "Aspire 5 A515", "NXA1GED00P"),
            "Não passa do logo. Tenho a dissertação ali dentro e a entrega é na sexta.",
            ago=72,
            time="09:15",
            due=2,
            priority="urgent",
            technician="larissa",
            parts="54.00",
            labor="66.00",
            warranty=12,
            steps=(
                Step(0, "09:25", "diagnosing", "larissa", note="A dissertação está salva: já copiamos tudo."),
                Step(0, "11:50", "quoted", "larissa", note="SSD novo com o sistema e os seus arquivos: € 120,00."),
                Step(0, "12:00", "approved", "customer"),
                Step(0, "14:15", "repairing", "larissa"),
                Step(1, "10:30", "testing", "larissa"),
                Step(1, "12:10", "ready_for_pickup", "larissa", note="Pronto. Boa entrega na sexta!"),
                Step(1, "13:45", "collected", "aoife"),
            ),
        ),
        Repair(
            KOBO,
            "O botão de virar a página afundou.",
            ago=8,
            time="12:45",
            due=4,
            parts="8.00",
            labor="22.00",
            steps=(
                Step(1, "16:00", "diagnosing", "tom"),
                Step(2, "10:15", "repairing", "tom", note="Botão novo, € 30,00 como combinamos no balcão."),
                Step(3, "09:50", "testing", "tom"),
                Step(3, "11:30", "ready_for_pickup", "tom", note="Já pode vir buscar. Mil viradas de página testadas."),
            ),
        ),
    ),
)
