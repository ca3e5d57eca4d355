// Chosen sounds, and what can be done with all of them.

export class Selection {
  constructor(results, bar) {
    this.results = results;
    this.bar = bar;
    this.ids = new Set();
    this.last = null; // the id of the one that was chosen or let go last
    bar.querySelector(".clear").onclick = () => this.clear();
    bar.querySelector(".all").onclick = () => this.all();
    bar.querySelector(".paths").onclick = () => this.copy(this.rows().map((row) => row.path));
    bar.querySelector(".favourites").onclick = () => this.tell("favourites");
    for (const kind of ["csv", "m3u", "zip"]) {
      bar.querySelector(`.${kind}`).onclick = () => this.tell("export", { kind });
    }
    bar.querySelector("select").onchange = (event) => this.collect(event.target);
  }

  update({ collections, removable }) {
    const select = this.bar.querySelector("select");
    const named = collections.map(({ id, name }) => new Option(name, id));
    select.replaceChildren(
      new Option("Add to collection…", "", true, true),
      ...named,
      new Option("New collection…", "new"),
    );
    const remove = this.bar.querySelector(".remove");
    remove.hidden = !removable;
    remove.onclick = () => this.tell("remove");
    const there = new Set(this.results.rows.map((row) => row.data.id));
    this.ids = new Set([...this.ids].filter((id) => there.has(id)));
    if (!there.has(this.last)) this.last = null;
    this.show();
  }

  rows() {
    return this.results.rows.map((row) => row.data).filter((row) => this.ids.has(row.id));
  }

  /** With shift, everything between the last one and this. */
  toggle(place, range = false) {
    const rows = this.results.rows;
    const id = rows[place].data.id;
    const on = !this.ids.has(id);
    const last = range ? rows.findIndex((row) => row.data.id === this.last) : -1;
    const [from, to] = last < 0 ? [place, place] : [last, place].sort((a, b) => a - b);
    for (let each = from; each <= to; each++) {
      if (on) this.ids.add(rows[each].data.id);
      else this.ids.delete(rows[each].data.id);
    }
    this.last = id;
    this.show();
  }

  all() {
    this.results.rows.forEach((row) => this.ids.add(row.data.id));
    this.show();
  }

  clear() {
    const had = this.ids.size > 0;
    this.ids.clear();
    this.show();
    return had;
  }

  show() {
    this.bar.hidden = this.ids.size === 0;
    this.results.list.classList.toggle("choosing", !this.bar.hidden);
    this.bar.querySelector(".count").textContent = `${this.ids.size} selected`;
    for (const { data, element } of this.results.rows) {
      const on = this.ids.has(data.id);
      element.classList.toggle("selected", on);
      element.querySelector(".tick").checked = on;
    }
  }

  collect(select) {
    const into = select.value;
    select.value = "";
    if (into === "new") this.collectNew(this.rows().map((row) => row.id));
    else if (into) this.tell("collect", { collection: Number(into) });
  }

  collectNew(ids) {
    const name = window.prompt("Name of the new collection");
    if (name?.trim()) this.results.act({ do: "collect", ids, name: name.trim() });
  }

  tell(what, more = {}) {
    this.results.act({ do: what, ids: this.rows().map((row) => row.id), ...more });
  }

  async copy(paths) {
    const said = this.results.parent.querySelector(".said");
    try {
      await navigator.clipboard.writeText(paths.join("\n"));
      said.textContent = paths.length === 1 ? "Path copied" : `${paths.length} paths copied`;
    } catch {
      said.textContent = "The browser does not let us copy here";
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (said.textContent = ""), 2500);
  }
}
