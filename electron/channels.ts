/** The only names under which the shell and its page speak; the preload has them too. */
export const channels = {
  /** Page to shell: a new page begins. */
  open: 'page:open',
  /** Page to shell: a request of the contract, as JSON. */
  request: 'page:request',
  /** Page to shell: a file that a person dropped or chose; answered with its media id. */
  take: 'page:take',
  /** Shell to page: a message of the contract, as JSON or bytes. */
  message: 'shell:message',
  /** Shell to page: the place to show, as the part of an address behind `#`. */
  place: 'shell:place',
} as const;
