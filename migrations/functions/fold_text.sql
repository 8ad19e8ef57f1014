-- Not unaccent, lower() alone or the parser of text search: what those make of a letter depends on the files and the locale of
-- the server, and in the locale C nothing beyond ASCII has a lower case. Rows keep the words, so every server must agree.
-- Few statements, because PL/pgSQL prepares each one again in every transaction; and a list of letters only where its script
-- occurs, because translate() compares each character with all of it.
create or replace function app.fold_text(p_text text)
returns text
language plpgsql
immutable
strict
parallel safe
as $$
declare
  v text;
begin
  -- userService and HTTPServer have parts; PDFs has none.
  if octet_length(p_text) = char_length(p_text) then
    return lower(regexp_replace(
      regexp_replace(p_text, '([a-z][0-9]*)(?=[A-Z])|([A-Z])(?=[A-Z][a-z]{2})', E'\\1\\2\u200c', 'g'),
      '[\u0001-\u001f!-/:-@[-`{-\u007f]+', ' ', 'g') collate "C");
  end if;
  -- Accents go from Latin and Greek letters alone: elsewhere a mark makes another letter. Then what nobody reads: vowel points,
  -- tatweel, nukta, soft hyphens, joiners, marks of direction, selectors of variants.
  v := regexp_replace(
    regexp_replace(normalize(p_text, nfkd), '([A-Za-z\u00c6-\u02af\u0370-\u03ff])[\u0300-\u036f]+', '\1', 'g'),
    '[\u00ad\u034f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u093c\u180b-\u180f\u200b\u200d-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]+',
    '', 'g');
  if v ~ '[\u00c6-\u02af\u0620-\u06ff\u0901-\u17e9\u1e9e]' then
    v := translate(v, 'ØøÐðĐđŁłĦħıŦŧƁɓƊɗƘƙ', 'OoDdDdLlHhiTtBbDdKk');
    v := replace(replace(replace(replace(v, 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
    v := replace(replace(replace(replace(v, 'ẞ', 'SS'), 'Æ', 'Ae'), 'Œ', 'Oe'), 'Þ', 'Th');
    -- Letters that Arabic, Persian and Urdu keyboards have twice; candrabindu; digits.
    v := translate(
      v,
      U&'\0671\0649\06cc\06a9\06aa\0629\06c1\06be\06d5\06c3\0901' ||
        U&'\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\06f0\06f1\06f2\06f3\06f4\06f5\06f6\06f7\06f8\06f9\0966\0967\0968\0969\096a\096b\096c\096d\096e\096f\09e6\09e7\09e8\09e9\09ea\09eb\09ec\09ed\09ee\09ef\0e50\0e51\0e52\0e53\0e54\0e55\0e56\0e57\0e58\0e59\17e0\17e1\17e2\17e3\17e4\17e5\17e6\17e7\17e8\17e9\1040\1041\1042\1043\1044\1045\1046\1047\1048\1049',
      U&'\0627\064a\064a\0643\0643\0647\0647\0647\0647\0647\0902' || repeat('0123456789', 7));
    -- The article, also behind "and", "with" and "to", is written together with its word.
    v := regexp_replace(
      v,
      '(^|[^\u0620-\u06ff\u200c])([\u0641\u0648]?[\u0628\u0643]?\u0627\u0644|[\u0641\u0648]?\u0644\u0644)(?=[\u0620-\u06ff]{3})',
      E'\\1\\2\u200c', 'g');
  end if;
  v := regexp_replace(
    lower(lower(regexp_replace(
      regexp_replace(v, '(^|[^\u0620-\u06ff])\u200c+', '\1', 'g'),
      '([a-z][0-9]*)(?=[A-Z])|([A-Z])(?=[A-Z][a-z]{2})', E'\\1\\2\u200c', 'g') collate "C") collate "default"),
    '[\u0001-\u001f\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u00d7\u00f7\u02b0-\u02ff\u055a-\u055f\u0589-\u058f\u05be-\u05c6\u05f3\u05f4\u0600-\u061f\u066a-\u066d\u06d4\u06dd\u06de\u06e9\u06fd\u06fe\u0700-\u070f\u0964\u0965\u0970\u0df4\u0e3f\u0e4f\u0e5a\u0e5b\u0f01-\u0f17\u0f34-\u0f3d\u104a-\u104f\u10fb\u1360-\u1368\u166d\u166e\u1680\u17d4-\u17d6\u17d8-\u17db\u1800-\u180a\u2000-\u200b\u200d-\u206f\u20a0-\u25ff\u27c0-\u2b4f\u2b51-\u2bff\u2e00-\u2e7f\u2ff0-\u3004\u3008-\u3020\u3030\u303d-\u303f\u309b\u309c\u30a0\u30fb\ua4fe\ua4ff\ua60d-\ua60f\ua8ce\ua8cf\ua9c1-\ua9cf\ue000-\uf8ff\ufd3e\ufd3f\ufe10-\ufe6f\ufff0-\uffff]+',
    ' ', 'g');
  if octet_length(v) = char_length(v) then
    return v;
  end if;
  -- What lower() leaves in the locale C; the stress of Russian; and ё, which is mostly written е.
  if v ~ '[\u0300\u0301\u0308\u0391-\u03a9\u03c2\u0402-\u042f\u0531-\u0556]' then
    v := regexp_replace(
      translate(
        v,
        'ςΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖ',
        'σαβγδεζηθικλμνξοπρστυφχψωабвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ'
      ),
      '([аеиоуыэюяі])[\u0300\u0301]+|(е)\u0308', '\1\2', 'g');
  end if;
  -- A run of a script without spaces begins with U+2060.
  return regexp_replace(
    normalize(v, nfc),
    '([\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u103f\u1050-\u11ff\u1780-\u17dd\u2600-\u27bf\u2b50\u3005-\u3007\u3021-\ua48c\uac00-\ud7a3\uf900-\ufaff\U0001f000-\U0001faff\U00016fe0-\U00018cff\U0001b000-\U0001b16f\U00020000-\U0003ffff]+)',
    E' \u2060\\1 ', 'g');
end
$$;
comment on function app.fold_text(text) is
  'Lower case without accents, words apart by spaces. U+200C stands between the parts of a word, U+2060 before a run without spaces.';
