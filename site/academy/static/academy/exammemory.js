// What this phone knows of an attempt, for a page that was kept while later answers went in and the clock ran on.
// Where the browser keeps nothing for the site, it lasts as long as the page.

export class Memory {
  #key;
  #known = { given: {}, clock: null };

  constructor(attempt) {
    this.#key = `exam:${attempt}`;
  }

  /** By question the latest answer given on this phone, as it was sent, in whichever tab; `settled` once the server
   * has counted it or a later one. */
  get given() {
    for (const [question, one] of Object.entries(this.#stored().given ?? {})) {
      if (one.sequence > (this.#known.given[question]?.sequence ?? -1)) this.#known.given[question] = one;
    }
    return this.#known.given;
  }

  get clock() {
    return (this.#known.clock ??= this.#stored().clock ?? null);
  }

  set clock(clock) {
    this.#known.clock = clock;
    this.#write();
  }

  keep(answer) {
    this.given[answer.question] = answer;
    this.#write();
  }

  settle(question, sequence) {
    const answer = this.given[question];
    if (!(answer?.sequence <= sequence)) return;
    this.given[question] = { ...answer, settled: true };
    this.#write();
  }

  forget(question) {
    delete this.given[question];
    this.#write();
  }

  #stored() {
    try {
      return JSON.parse(localStorage.getItem(this.#key)) ?? {};
    } catch {
      return {};
    }
  }

  #write() {
    try {
      localStorage.setItem(this.#key, JSON.stringify(this.#known));
    } catch {
      // full, or forbidden
    }
  }
}
