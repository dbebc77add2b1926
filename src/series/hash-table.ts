/** Up to this number of members, a linear search is faster and smaller than a table. */
const maxListed = 16;
const smallestTable = 64;

/**
 * A set whose members are found by a key and its hash. Uses open addressing. Hashes are stored next to the members, so
 * that an unsuccessful lookup accesses no member: a third of the memory of a Map, and twice as fast if most lookups are
 * unsuccessful (bench/micro/append.bench.ts).
 */
export abstract class HashTable<Member extends object, Key> {
  size = 0;
  /** Without hashes: a list. With hashes: the size is a power of two, and up to two thirds are in use. */
  #members: (Member | undefined)[] = [];
  #hashes: Int32Array | undefined;

  /** Returns a constant hash that is not 0. */
  protected abstract hashOf(member: Member): number;

  protected abstract matches(member: Member, key: Key): boolean;

  find(hash: number, key: Key): Member | undefined {
    const members = this.#members;
    const hashes = this.#hashes;
    if (hashes === undefined) {
      for (let i = 0; i < members.length; i++) {
        const member = members[i]!;
        if (this.matches(member, key)) return member;
      }
      return undefined;
    }
    const mask = hashes.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const known = hashes[slot];
      if (known === 0) return undefined;
      if (known === hash && this.matches(members[slot]!, key)) return members[slot];
    }
  }

  /** Adds a member that is not in the set. */
  add(member: Member): void {
    this.size += 1;
    if (this.#hashes === undefined && this.size <= maxListed) {
      this.#members.push(member);
      return;
    }
    if (this.#hashes === undefined || this.size * 3 > this.#hashes.length * 2) this.#grow();
    this.#insert(member, this.hashOf(member));
  }

  /** Removes a member of the set. */
  remove(member: Member): void {
    this.size -= 1;
    if (this.#hashes === undefined) {
      const last = this.#members.pop();
      if (last !== member) this.#members[this.#members.indexOf(member)] = last;
    } else if (this.size === 0) {
      this.#members = [];
      this.#hashes = undefined;
    } else {
      this.#removeFrom(this.#hashes, member);
    }
  }

  /** In no particular order. Members can be removed afterwards, but not during the iteration. */
  *[Symbol.iterator](): Generator<Member, void> {
    for (const member of this.#members) {
      if (member !== undefined) yield member;
    }
  }

  #removeFrom(hashes: Int32Array, member: Member): void {
    const members = this.#members;
    const mask = hashes.length - 1;
    let hole = this.hashOf(member) & mask;
    while (members[hole] !== member) hole = (hole + 1) & mask;
    // Moves following members of the same run up if possible, because no lookup may end at a hole before its member.
    for (let next = (hole + 1) & mask; hashes[next] !== 0; next = (next + 1) & mask) {
      const distance = (next - (hashes[next]! & mask)) & mask;
      if (distance < ((next - hole) & mask)) continue;
      members[hole] = members[next];
      hashes[hole] = hashes[next]!;
      hole = next;
    }
    members[hole] = undefined;
    hashes[hole] = 0;
  }

  #insert(member: Member, hash: number): void {
    const hashes = this.#hashes!;
    const mask = hashes.length - 1;
    let slot = hash & mask;
    while (hashes[slot] !== 0) slot = (slot + 1) & mask;
    hashes[slot] = hash;
    this.#members[slot] = member;
  }

  #grow(): void {
    const members = this.#members;
    const hashes = this.#hashes;
    const length = hashes === undefined ? smallestTable : hashes.length * 2;
    this.#members = new Array<Member | undefined>(length).fill(undefined);
    this.#hashes = new Int32Array(length);
    for (let i = 0; i < members.length; i++) {
      const member = members[i];
      if (member !== undefined) this.#insert(member, hashes?.[i] ?? this.hashOf(member));
    }
  }
}
