/**
 * The letters beyond ASCII of the languages that older subtitle files are written in, the most frequent
 * first, and the encodings that such files use. Enough to tell which reading of some bytes is a language.
 */
export type LanguageLetters = {
  encodings: readonly string[];
  letters: string;
  /** How much of the text they are, 0..1; the rest is ASCII. */
  share: number;
};

const western = ['windows-1252'];
const central = ['windows-1250', 'iso-8859-2'];
const cyrillic = ['windows-1251', 'koi8-u'];
const baltic = ['windows-1257'];

/** In a tie the earlier language wins, so the more widespread encodings come first. */
export const singleByteLanguages: readonly LanguageLetters[] = [
  { encodings: western, letters: 'éñçèüïêöàâ', share: 0.01 },
  { encodings: western, letters: 'éèàêçâùôîûœëï', share: 0.06 },
  { encodings: western, letters: 'üäößéèà', share: 0.05 },
  { encodings: western, letters: 'óíáéñú¿¡ü', share: 0.06 },
  { encodings: western, letters: 'ãçáéíóõâêúàôü', share: 0.08 },
  { encodings: western, letters: 'èàùòìéó', share: 0.04 },
  { encodings: western, letters: 'äåöéü', share: 0.08 },
  { encodings: western, letters: 'åøæéö', share: 0.06 },
  { encodings: western, letters: 'ëéïèöü', share: 0.02 },
  { encodings: western, letters: 'áíðéóöæúýþ', share: 0.15 },
  { encodings: central, letters: 'íáéýěřčžšůúťňďó', share: 0.15 },
  { encodings: central, letters: 'łęóążśćńź', share: 0.1 },
  { encodings: central, letters: 'áéöőóüíúű', share: 0.15 },
  { encodings: central, letters: 'ăşîţâ', share: 0.08 },
  { encodings: central, letters: 'čšžćđ', share: 0.05 },
  { encodings: central, letters: 'áíéčýšžúťľôňďóäŕĺ', share: 0.12 },
  { encodings: ['windows-1254'], letters: 'ıüşçğöİâî', share: 0.12 },
  { encodings: baltic, letters: 'ėšųžįąūčę', share: 0.08 },
  { encodings: baltic, letters: 'āīšēņļžģūčķ', share: 0.1 },
  { encodings: baltic, letters: 'äõüöšž', share: 0.07 },
  { encodings: cyrillic, letters: 'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё', share: 0.8 },
  { encodings: cyrillic, letters: 'оаиніевтрслкудпмязьгбчхйжшюїцщєфґ', share: 0.8 },
  { encodings: ['windows-1251'], letters: 'аоеитнрсвдлпкмзугябъчжйщцюхшфь', share: 0.8 },
  { encodings: ['windows-1251'], letters: 'аоеиндтрсјвкупмлзбгчћшцжхђњљфџ', share: 0.8 },
  { encodings: ['windows-1253', 'iso-8859-7'], letters: 'αοιεητσνρκπυμλωςέάίόθδήχγφύβώξζψϊΐϋΰ', share: 0.8 },
  { encodings: ['windows-1255'], letters: 'יוהלאםמרתבשנךעדחפקגסטצזןכץף', share: 0.8 },
  { encodings: ['windows-1256'], letters: 'اليمونترهبسدعكفقحجشصطزخذثضغةىأإءؤئآظپگچژ', share: 0.8 },
];

export type IdeographicLanguage = {
  encodings: readonly string[];
  /** Its most frequent ideographs. */
  frequent: ReadonlySet<string>;
  /** What else its text is made of. */
  syllables: RegExp | null;
};

export const ideographicLanguages: readonly IdeographicLanguage[] = [
  {
    encodings: ['gb18030'],
    frequent: new Set(
      '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活更别打女变四神总何电数安少报才结反受目太量再感建做接必场件计管期市直命山金指许保至形便空决书非听白光放难思王完色路记住告求死该望觉清今让识候带吗吧呢啊谢晚昨测试字幕哪怎谁爱叫快等您请',
    ),
    syllables: null,
  },
  {
    encodings: ['big5'],
    frequent: new Set(
      '的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活更別打女變四神總何電數安少報才結反受目太量再感建做接必場件計管期市直命山金指許保至形便空決書非聽白光放難思王完色路記住告求死該望覺清今讓識候帶嗎吧呢啊謝晚昨測試字幕哪怎誰愛叫快等您請',
    ),
    syllables: null,
  },
  {
    encodings: ['shift_jis', 'euc-jp'],
    frequent: new Set(
      '日一国人年大十二本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電校語土木聞食車何南万毎白天母火右読友左休父雨思言事者会自手私方彼目心知所家口場合物発体社同力動問題明作身業通定実主理地立新全代部度使感最現当世意取持待変教考近楽好起走道早死愛昨夜字幕君俺僕誰仕帰助',
    ),
    syllables: /[\u3041-\u30ff]/,
  },
  { encodings: ['euc-kr'], frequent: new Set(), syllables: /[\uac00-\ud7a3]/ },
];
