/** Names of spelled letters that have vowels, so that they could be words; in small letters. */
export const vowelNames: ReadonlySet<string> = new Set(
  (
    'aa aaa abc abs ac aclu acl ad ada adhd adp ae afc ai aids aka alf als am amc amd aol ap apa api apr aria arm asl ' +
    'atm atv au ba bafta cia cgi cia cpa cpi csi da dea dna dui eca epa eta fba fbi fda fha gba gi gpa gui hsa ia ibm ' +
    'ibs icbm icu id idf ied imf ios iot iou ip ipo iq ir ira irs isbn iso isp it itv iv ivf jfa la ma mba mia mri ' +
    'msnbca nba ncaa nda nfa nra nsa nyma oca osha pa pda pga phi pi pla poa ppi psa pta qa ra rca rda ria rna roi rpi ' +
    'nasa fema nafta uk ok eu sba scuba sea ska spa sri sva tba tia tsa tva uae ufa ui uefa usa usda uva va via vha vip voa wba wifi wma wmca wnba'
  ).split(' '),
);

/** Whether a word in capitals is said letter by letter: BBC, USA, TVs. */
export function isAcronym(written: string): boolean {
  const name = /^(\p{Lu}{2,5})s?$/u.exec(written)?.[1];
  return name !== undefined && (!/[AEIOUY]/.test(name) || vowelNames.has(name.toLowerCase()));
}
