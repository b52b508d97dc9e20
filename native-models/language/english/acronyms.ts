/** Names of spelled letters that have vowels, so that they could be words; in small letters. */
export const vowelNames: ReadonlySet<string> = new Set(
  (
    'aaa abc abs aclu acl adhd ai aids aka amc amd aol apa api apr asl atm atv bafta cia cgi cpa cpi csi ' +
    'dea dna dui eca epa eta eu fbi fda fema gi gpa gui hsa ibm ibs icbm icu id idf ied imf ios iot iou ' +
    'ip ipo iq ira irs isbn iso isp it itv iv ivf mba mia mri nafta nasa nba ncaa nda nra nsa oca ok ' +
    'osha pda pga pi ppi psa pta rca rda rna roi sba sri tba tia tsa uae ufo ui uk uefa usa usda via vip ' +
    'voa wba wnba'
  ).split(' '),
);

/** Whether a word in capitals is said letter by letter: BBC, USA, TVs. */
export function isAcronym(written: string): boolean {
  const name = /^(\p{Lu}{2,5})s?$/u.exec(written)?.[1];
  return name !== undefined && (!/[AEIOUY]/.test(name) || vowelNames.has(name.toLowerCase()));
}
