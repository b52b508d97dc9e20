/** The sections of the settings, in their order. */
export const sectionIds = [
  'general',
  'transcribing',
  'text',
  'player',
  'captions',
  'kept',
  'machine',
  'shortcuts',
] as const;
export type SectionId = (typeof sectionIds)[number];
