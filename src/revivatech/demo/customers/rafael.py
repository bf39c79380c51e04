"""Rafael Nogueira, who signs in as other-customer@demo.example and reads Portuguese."""

from revivatech.demo.shapes import Device, FromToday, Person, Repair, Step

GALAXY = Device("Phone", "Samsung", "Galaxy S21", "R5CR30ABCD1", "001010234567897")
IDEAPAD = Device("Laptop", "Lenovo", "IdeaPad 5 14ALC05", "PF2ZQ8K1")
SPEAKER = Device("Speaker", "JBL", "Charge 4")
XBOX = Device("Games console", "Microsoft", "Xbox Series S", "0145 7731 2250")
TABLET = Device("Tablet", "Samsung", "Galaxy Tab S6 Lite", "R52N80XYZ3")
DRONE = Device("Drone", "DJI", "Mini 2", "3NZCJ3T0042")

RAFAEL = Person(
    email="other-customer@demo.example",
    first_name="Rafael",
    last_name="Nogueira",
    phone="+353 20 915 0152",
    language="pt-BR",
    has_password=True,
    unread=2,
    repairs=(
        Repair(
            GALAXY,
            "Tela trincada no canto inferior depois de uma queda de bicicleta. O resto funciona.",
            ago=224,
            time="15:20",
            due=3,
            technician="larissa",
            parts="128.00",
            labor="40.00",
            steps=(
                Step(1, "09:40", "diagnosing", "larissa"),
                Step(1, "10:25", "quoted", "larissa", note="Tela nova com moldura: € 168,00 no total."),
                Step(1, "12:10", "approved", "customer"),
                Step(2, "10:00", "repairing", "larissa"),
                Step(2, "15:30", "testing", "larissa"),
                Step(3, "09:45", "ready_for_pickup", "larissa", note="Tela trocada; testamos toque, câmeras e sensor."),
                Step(3, "17:30", "collected", "aoife"),
            ),
        ),
        Repair(
            SPEAKER,
            "Não liga mais. A luz pisca uma vez ao conectar o carregador.",
            ago=163,
            time="11:10",
            due=4,
            parts="14.00",
            labor="26.00",
            steps=(
                Step(1, "14:05", "diagnosing", "tom"),
                Step(2, "09:30", "repairing", "tom", note="É a bateria; trocamos pelo preço combinado, € 40,00."),
                Step(2, "11:45", "testing", "tom"),
                Step(3, "10:10", "ready_for_pickup", "tom"),
                Step(4, "13:25", "collected", "aoife"),
            ),
        ),
        Repair(
            DRONE,
            "Caiu no mar. Lavei com água doce e deixei secar, mas não arma mais os motores.",
            ago=109,
            time="10:30",
            due=5,
            technician="larissa",
            warranty=0,
            steps=(
                Step(2, "11:00", "diagnosing", "larissa", inside="ESC and gimbal board corroded, salt everywhere."),
                Step(
                    3,
                    "15:50",
                    "quoted",
                    "larissa",
                    note="Três placas precisam ser trocadas: € 310,00. Um novo custa € 339,00.",
                ),
                Step(5, "09:20", "cancelled", "aoife", note="Como você preferiu, devolvemos sem conserto e sem custo."),
            ),
        ),
        Repair(
            IDEAPAD,
            "A dobradiça da tela quebrou e a moldura abre quando fecho o notebook.",
            ago=58,
            time="09:35",
            due=6,
            technician="larissa",
            parts="46.00",
            labor="70.00",
            steps=(
                Step(1, "10:20", "diagnosing", "larissa"),
                Step(1, "12:00", "quoted", "larissa", note="Par de dobradiças e tampa traseira: € 116,00."),
                Step(2, "09:10", "approved", "customer"),
                Step(2, "09:40", "waiting_for_parts", "larissa", note="As peças chegam em três dias úteis.", due=7),
                Step(5, "14:15", "repairing", "larissa"),
                Step(6, "16:00", "testing", "larissa"),
                Step(7, "10:30", "ready_for_pickup", "larissa", note="Abre e fecha com firmeza outra vez."),
                Step(8, "17:40", "collected", "aoife"),
            ),
        ),
        Repair(
            XBOX,
            "Desliga sozinho depois de uns vinte minutos de jogo.",
            ago=9,
            time="14:40",
            due=FromToday(2),
            parts="39.00",
            labor="48.00",
            steps=(
                Step(1, "10:05", "diagnosing", "tom", note="Começamos pela limpeza e pelo teste térmico."),
                Step(2, "11:30", "quoted", "tom", note="A fonte interna está falhando: € 87,00 com mão de obra."),
                Step(2, "13:15", "approved", "customer"),
                Step(
                    3,
                    "09:55",
                    "waiting_for_parts",
                    "tom",
                    note="A fonte vem dos Países Baixos; avisamos assim que chegar.",
                    inside="Order 88120 at the usual supplier, tracking mailed to the desk.",
                    due=FromToday(2),
                ),
            ),
        ),
        Repair(
            TABLET,
            "A caneta risca, mas o toque não responde numa faixa no meio da tela.",
            ago=6,
            time="12:20",
            due=FromToday(0),
            technician="larissa",
            parts="71.00",
            labor="45.00",
            steps=(
                Step(1, "09:30", "diagnosing", "larissa"),
                Step(1, "14:45", "quoted", "larissa", note="Troca do conjunto da tela: € 116,00."),
                Step(2, "10:50", "approved", "customer"),
                Step(4, "11:20", "repairing", "larissa"),
                Step(
                    6, "15:10", "testing", "larissa", note="Tela montada; fica em teste até amanhã.", due=FromToday(0)
                ),
            ),
        ),
    ),
)
