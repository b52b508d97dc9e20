/** What a person looks for among the settings. */
class Finding {
  query = $state('');

  fits(text: string): boolean {
    return text.toLocaleLowerCase().includes(this.query.trim().toLocaleLowerCase());
  }
}

export const finding = new Finding();
