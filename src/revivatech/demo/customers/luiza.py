"""Luiza Prado, who reads Portuguese: the tools of an illustrator, and wine in one of them."""

from revivatech.demo.shapes import Device, Person, Repair, Step

LUIZA = Person(
    email="luiza.prado@mail.example",
    first_name="Luiza",
    last_name="Prado",
    phone="+353 20 915 0174",
    language="pt-BR",
    unread=1,
    repairs=(
        Repair(
            Device("Tablet", "Wacom", "Intuos Pro M", "2DQH000412"),
            "A caneta não é mais reconhecida no lado direito. Trabalho com isso todos os dias.",
            ago=205,
            time="09:40",
            due=3,
            priority="high",
            technician="larissa",
            labor="55.00",
            steps=(
                Step(0, "12:15", "diagnosing", "larissa"),
                Step(
                    1,
                    "09:30",
                    "repairing",
                    "larissa",
                    note="Um conector solto; fica em € 55,00 como combinamos por telefone.",
                ),
                Step(1, "11:10", "testing", "larissa"),
                Step(1, "12:20", "collected", "larissa", note="Testado na sua frente, de ponta a ponta."),
            ),
        ),
        Repair(
            Device("Laptop", "Apple", "MacBook Pro 14 (2021)", "FVFH70PPQ05N"),
            "Derramei vinho. Desliguei na hora, mas o teclado ficou grudando.",
            ago=53,
            time="09:20",
            due=5,
            technician="larissa",
            parts="148.00",
            labor="95.00",
            steps=(
                Step(0, "09:45", "diagnosing", "larissa", note="Aberto e secando. A placa parece boa."),
                Step(
                    1, "15:00", "quoted", "larissa", note="Teclado com a parte superior: € 243,00. A placa está limpa."
                ),
                Step(2, "10:30", "approved", "customer"),
                Step(2, "11:00", "waiting_for_parts", "larissa", note="A peça chega em dois dias."),
                Step(4, "09:50", "repairing", "larissa"),
                Step(5, "12:25", "testing", "larissa"),
                Step(5, "16:30", "ready_for_pickup", "larissa", note="Teclado novo, e nenhum cheiro de Cabernet."),
                Step(6, "10:05", "collected", "aoife"),
            ),
        ),
        Repair(
            Device("Printer", "Canon", "PIXMA G3260", "KMFA40117"),
            "Imprime tudo em rosa.",
            ago=11,
            time="15:25",
            due=6,
            technician="tom",
            parts="34.00",
            labor="30.00",
            steps=(
                Step(2, "11:15", "diagnosing", "tom"),
                Step(3, "10:20", "quoted", "tom", note="O cabeçote ciano entupiu: € 64,00 para trocar."),
                Step(4, "12:00", "approved", "customer"),
            ),
        ),
    ),
)
