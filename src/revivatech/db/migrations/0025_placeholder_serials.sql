-- N/A, 0000, "não tem" and the like are not serial numbers. The import has kept them as such, and a customer's devices
-- with the same placeholder became one device. The words are those of repairs/devices/identifiers.py at the time.
CREATE TEMPORARY TABLE placeholders ON COMMIT DROP AS
WITH bare AS (
  SELECT id, imei, serial_number,
    regexp_replace(lower(normalize(serial_number, NFKD)), '[^0-9a-z]', '', 'g') AS serial
  FROM customer_devices WHERE serial_number IS NOT NULL OR imei IS NOT NULL
)
SELECT id,
  -- A serial number in another script than ours has no letters here, and is left alone.
  serial_number !~ '[^ -~\u00a0-\u00ff]' AND (
    serial ~ '^(.?)\1*$' OR (length(serial) >= 5 AND '01234567890123456789012345678901234567890' LIKE serial || '%')
    OR (length(serial) >= 5 AND '1234567890123456789012345678901234567890' LIKE serial || '%')
    OR serial = ANY (string_to_array(
      'aconfirmar,adefinir,aucun,aucune,baseboardserialnumber,blank,brak,chassisserialnumber,defaultstring,'
      'desconhecida,desconhecido,desconocida,desconocido,div0,embranco,empty,geen,ilegible,ilegivel,illegible,imei,'
      'inconnu,inconnue,invalid,keine,later,missing,na,name,nan,naoaplicavel,naoconsta,naodisponivel,naoha,'
      'naoidentificado,naoinformada,naoinformado,naolegivel,naopossui,naosei,naotem,nd,neant,nenhum,nenhuma,nessuna,'
      'nessuno,nil,ninguna,ninguno,nk,nn,no,noimei,nome,none,nonumber,noserial,noserialnumber,nosn,notapplicable,'
      'notavailable,notfound,notgiven,nothing,notiene,notknown,notprovided,notreadable,notset,notspecified,notvisible,'
      'ns,null,nullstring,num,nv,oem,ohne,onbekend,ref,sans,sansnumero,sconosciuta,sconosciuto,semetiqueta,'
      'semidentificacao,semimei,semno,semnodeserie,semnumero,semnumerodeserie,semserial,semserie,serial,serialnumber,'
      'sinnumero,sinserie,sn,systemserialnumber,tba,tbc,tbd,tobefilledbyoem,unbekannt,undefined,unk,unknown,unreadable,'
      'unspecified,valor,value,vazio,withoutnumber,withoutserial', ','))
  ) IS TRUE AS serial_is_none,
  (imei ~ '^(.)\1*$') IS TRUE AS imei_is_none
FROM bare;

UPDATE customer_devices d SET
  serial_number = CASE WHEN p.serial_is_none THEN NULL ELSE d.serial_number END,
  imei = CASE WHEN p.imei_is_none THEN NULL ELSE d.imei END,
  version = d.version + 1
FROM placeholders p WHERE p.id = d.id AND (p.serial_is_none OR p.imei_is_none);

-- Imported repairs that describe another device than the one that a placeholder has put them to are of no device.
-- Their customers see no change by it, so the time of the last change stays.
ALTER TABLE repairs DISABLE TRIGGER touch;
UPDATE repairs r SET device_id = NULL, version = r.version + 1
FROM customer_devices d JOIN placeholders p USING (id)
WHERE r.device_id = d.id AND r.import_source = 'portal' AND (p.serial_is_none OR p.imei_is_none)
  AND d.serial_number IS NULL AND d.imei IS NULL
  AND (lower(r.device_type), lower(r.device_brand), lower(r.device_model))
    <> (lower(d.device_type), lower(d.brand), lower(d.model));
ALTER TABLE repairs ENABLE TRIGGER touch;
