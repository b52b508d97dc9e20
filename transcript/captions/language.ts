/** The small words that decide where a line may end, by language. */
export type FunctionWords = {
  /** Belong to the noun after them. */
  articles: ReadonlySet<string>;
  /** Begin a clause: a good place to break before, a bad one after. */
  conjunctions: ReadonlySet<string>;
  /** Begin a phrase: the same, less so. */
  prepositions: ReadonlySet<string>;
  /** Auxiliaries and subject pronouns belong to the verb after them. */
  verbCompanions: ReadonlySet<string>;
};

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(' '));
}

const english: FunctionWords = {
  articles: words('a an the my your his her its our their this these those every each no another'),
  conjunctions: words(
    'and but or nor yet so because although though while when whenever where if unless until whether than that which who whom whose as',
  ),
  prepositions: words(
    'of in on at to for from with by about into onto over after before under between through during against without within among across behind beyond near since toward towards upon around above below along inside outside',
  ),
  verbCompanions: words(
    "i you he she it we they am is are was were be been being have has had do does did will would shall should can could may might must not don't didn't doesn't won't can't couldn't wouldn't isn't aren't wasn't i'm i've i'll i'd you're we're they're it's he's she's that's there's let's",
  ),
};

const german: FunctionWords = {
  articles: words(
    'der die das den dem des ein eine einen einem einer eines kein keine keinen mein meine meinen dein deine sein seine seinen ihr ihre ihren unser unsere euer eure dieser diese dieses diesen jeder jede jedes',
  ),
  conjunctions: words(
    'und aber oder denn sondern weil dass daß obwohl während wenn als ob bis damit sodass wo wie',
  ),
  prepositions: words(
    'in im ins an am ans auf aus bei beim mit nach von vom zu zum zur für durch gegen ohne um über unter vor zwischen hinter neben seit wegen trotz',
  ),
  verbCompanions: words(
    'ich du er sie es wir man bin bist ist sind war waren habe hast hat haben hatte wird werden nicht',
  ),
};

const french: FunctionWords = {
  articles: words(
    'le la les un une des du au aux mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet cette ces chaque',
  ),
  conjunctions: words(
    'et mais ou donc or ni car que qui dont où quand lorsque si comme puisque parce quoique',
  ),
  prepositions: words(
    'à de en dans sur sous par pour avec sans chez vers contre entre depuis pendant avant après',
  ),
  verbCompanions: words(
    'je tu il elle on nous vous ils elles ne me te se est sont était ai as a avons avez ont suis',
  ),
};

const spanish: FunctionWords = {
  articles: words(
    'el la los las un una unos unas al del mi mis tu tus su sus nuestro nuestra este esta estos estas ese esa cada',
  ),
  conjunctions: words('y e o u pero sino ni que porque aunque cuando mientras si como donde quien'),
  prepositions: words('a de en con por para sin sobre entre desde hasta hacia contra según durante tras'),
  verbCompanions: words(
    'yo tú él ella nosotros ellos ellas no me te se lo es son era está están ha han he hemos había',
  ),
};

const italian: FunctionWords = {
  articles: words(
    'il lo la i gli le un uno una del dello della dei degli delle al allo alla ai agli alle mio mia tuo tua suo sua questo questa ogni',
  ),
  conjunctions: words('e ed o ma però che perché quando mentre se come dove né quindi'),
  prepositions: words(
    'a di da in con su per tra fra senza verso contro sopra sotto durante dopo prima nel nella sul sulla',
  ),
  verbCompanions: words('io tu lui lei noi voi loro non mi ti si è sono era ho hai ha abbiamo hanno'),
};

const byLanguage: Record<string, FunctionWords> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
  it: italian,
};

/** The function words of a BCP 47 language; English where it is unknown. */
export function functionWords(language: string | undefined): FunctionWords {
  return byLanguage[language?.split('-')[0].toLowerCase() ?? ''] ?? english;
}
