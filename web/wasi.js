// A program compiled for WASI (preview 1) with files in memory: what it is given, and what it leaves, is a map of
// names to bytes. Files that the reader dropped stay where they are (a Blob) and are read piece by piece.

const OK = 0, BADF = 8, EXIST = 20, INVAL = 28, ISDIR = 31, NOENT = 44, NOSYS = 52, NOTDIR = 54, NOTEMPTY = 55;
const FILE = 4, DIRECTORY = 3, CHARACTERS = 2;
const ROOT = 3;   // the number of the one directory that is open from the beginning

class Ended extends Error {
  constructor(status) { super(`ended with ${status}`); this.status = status; }
}

/// A file's bytes, which grow by doubling.
class Bytes {
  constructor(bytes = new Uint8Array(0)) { this.store = bytes; this.size = bytes.length; }
  read(from, to) { return this.store.subarray(from, Math.min(to, this.size)); }
  write(at, bytes) {
    const end = at + bytes.length;
    if (end > this.store.length) {
      const larger = new Uint8Array(Math.max(end, this.store.length * 2, 1024));
      larger.set(this.store.subarray(0, this.size));
      this.store = larger;
    }
    if (at > this.size) this.store.fill(0, this.size, at);
    this.store.set(bytes, at);
    this.size = Math.max(this.size, end);
  }
  resize(size) {
    if (size > this.size) this.write(size - 1, new Uint8Array(1));
    this.size = size;
  }
  all() { return this.store.slice(0, this.size); }
}

/// A file outside, of which only what is asked for is read (in a worker, where reading may wait).
class Outside {
  constructor(blob) { this.blob = blob; this.size = blob.size; this.from = 0; this.piece = new Uint8Array(0); }
  read(from, to) {
    if (from < this.from || from >= this.from + this.piece.length) {
      this.from = from;
      this.piece = new Uint8Array(new FileReaderSync().readAsArrayBuffer(this.blob.slice(from, from + (4 << 20))));
    }
    return this.piece.subarray(from - this.from, to - this.from);
  }
  write() { throw new Error("read only"); }
  resize() { throw new Error("read only"); }
  all() { return this.blob; }
}

const parts = (path) => path.split("/").filter((part) => part !== "" && part !== ".");

export class Wasi {
  /// args: words; env: name → text; files: name → Uint8Array or Blob; onError: called with what is said meanwhile.
  constructor({ args, env = {}, files = {}, onError = () => {} }) {
    this.args = args;
    this.env = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    this.root = new Map();
    for (const [name, content] of Object.entries(files)) this.place(name, content);
    this.out = new Bytes();
    this.err = new Bytes();
    this.onError = onError;
    this.open = [{ stream: null }, { stream: this.out }, { stream: this.err }, { node: this.root, path: "." }];
  }

  place(name, content) {
    const way = parts(name), last = way.pop();
    let at = this.root;
    for (const part of way) {
      if (!at.has(part)) at.set(part, new Map());
      at = at.get(part);
    }
    at.set(last, content instanceof Uint8Array ? new Bytes(content.slice()) : new Outside(content));
  }

  /// Runs the program to its end; gives its status, what it said, and all files.
  run(module) {
    const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: this.calls() });
    this.memory = instance.exports.memory;
    let status = 0;
    try {
      instance.exports._start();
    } catch (error) {
      if (error instanceof Ended) status = error.status;
      else throw error;
    }
    const files = {};
    const walk = (directory, before) => {
      for (const [name, node] of directory) {
        if (node instanceof Map) walk(node, `${before}${name}/`);
        else files[before + name] = node.all();
      }
    };
    walk(this.root, "");
    return { status, stdout: this.out.all(), stderr: this.err.all(), files };
  }

  view() { return new DataView(this.memory.buffer); }
  bytes(at, length) { return new Uint8Array(this.memory.buffer, at, length); }
  text(at, length) { return new TextDecoder().decode(this.bytes(at, length)); }

  /// The directory and the last part of a path: null where the way to it is missing.
  find(fd, path) {
    const from = this.open[fd];
    if (!from?.node) return null;
    const way = [];
    for (const part of parts(path)) {
      if (part === "..") { if (way.length) way.pop(); } else way.push(part);
    }
    let at = from.node;
    const last = way.pop();
    for (const part of way) {
      at = at.get(part);
      if (!(at instanceof Map)) return null;
    }
    return { directory: at, name: last, node: last === undefined ? at : at.get(last) };
  }

  writeStat(at, node) {
    const view = this.view();
    this.bytes(at, 64).fill(0);
    view.setUint8(at + 16, node instanceof Map ? DIRECTORY : node instanceof Bytes || node instanceof Outside ? FILE : CHARACTERS);
    view.setBigUint64(at + 24, 1n, true);
    view.setBigUint64(at + 32, BigInt(node?.size ?? 0), true);
    return OK;
  }

  words(list, pointers, buffer) {
    const view = this.view();
    for (const word of list) {
      const bytes = new TextEncoder().encode(`${word}\0`);
      view.setUint32(pointers, buffer, true);
      this.bytes(buffer, bytes.length).set(bytes);
      pointers += 4;
      buffer += bytes.length;
    }
    return OK;
  }

  sizes(list, count, size) {
    const view = this.view();
    view.setUint32(count, list.length, true);
    view.setUint32(size, list.reduce((sum, word) => sum + new TextEncoder().encode(word).length + 1, 0), true);
    return OK;
  }

  /// The pieces of memory that a call reads into or writes from.
  pieces(at, count) {
    const view = this.view();
    return Array.from({ length: count }, (_, n) => this.bytes(view.getUint32(at + 8 * n, true), view.getUint32(at + 8 * n + 4, true)));
  }

  calls() {
    const size = (at, value) => { this.view().setUint32(at, value, true); return OK; };
    const long = (at, value) => { this.view().setBigUint64(at, value, true); return OK; };
    const read = (file, from, at, count, done) => {
      let sum = 0;
      for (const piece of this.pieces(at, count)) {
        // What is outside comes in pieces of its own: ask until this one is full or there is no more.
        let filled = 0;
        while (filled < piece.length) {
          const found = file.read(from + sum, from + sum + piece.length - filled);
          if (found.length === 0) break;
          piece.set(found, filled);
          filled += found.length;
          sum += found.length;
        }
        if (filled < piece.length) break;
      }
      size(done, sum);
      return sum;
    };
    const calls = {
      args_get: (pointers, buffer) => this.words(this.args, pointers, buffer),
      args_sizes_get: (count, bytes) => this.sizes(this.args, count, bytes),
      environ_get: (pointers, buffer) => this.words(this.env, pointers, buffer),
      environ_sizes_get: (count, bytes) => this.sizes(this.env, count, bytes),
      clock_res_get: (_, at) => long(at, 1000n),
      clock_time_get: (id, _, at) => long(at, BigInt(Math.round((id === 0 ? Date.now() : performance.now()) * 1e6))),
      fd_close: (fd) => {
        if (!this.open[fd]) return BADF;
        this.open[fd] = undefined;
        return OK;
      },
      fd_fdstat_get: (fd, at) => {
        const file = this.open[fd];
        if (!file) return BADF;
        this.bytes(at, 24).fill(0);
        this.view().setUint8(at, file.stream !== undefined ? CHARACTERS : file.node instanceof Map ? DIRECTORY : FILE);
        this.view().setUint16(at + 2, file.append ? 1 : 0, true);
        long(at + 8, 0xffffffffffffffffn);
        return long(at + 16, 0xffffffffffffffffn);
      },
      fd_fdstat_set_flags: () => OK,
      fd_filestat_get: (fd, at) => (this.open[fd] ? this.writeStat(at, this.open[fd].node) : BADF),
      fd_filestat_set_size: (fd, length) => {
        this.open[fd]?.node.resize(Number(length));
        return this.open[fd] ? OK : BADF;
      },
      fd_filestat_set_times: () => OK,
      fd_prestat_get: (fd, at) => {
        if (fd !== ROOT) return BADF;
        this.view().setUint32(at, 0, true);
        return size(at + 4, 1);
      },
      fd_prestat_dir_name: (fd, at) => {
        if (fd !== ROOT) return BADF;
        this.bytes(at, 1).set([46]);
        return OK;
      },
      fd_pread: (fd, at, count, offset, done) => {
        const file = this.open[fd];
        if (!file?.node || file.node instanceof Map) return BADF;
        read(file.node, Number(offset), at, count, done);
        return OK;
      },
      fd_read: (fd, at, count, done) => {
        const file = this.open[fd];
        if (!file) return BADF;
        if (file.stream !== undefined) return size(done, 0);
        if (file.node instanceof Map) return ISDIR;
        file.at += read(file.node, file.at, at, count, done);
        return OK;
      },
      fd_readdir: (fd, buffer, length, cookie, used) => {
        const node = this.open[fd]?.node;
        if (!(node instanceof Map)) return NOTDIR;
        let at = 0;
        const entries = [...node].slice(Number(cookie));
        for (const [n, [name, entry]] of entries.entries()) {
          const letters = new TextEncoder().encode(name);
          const record = new Uint8Array(24 + letters.length);
          const view = new DataView(record.buffer);
          view.setBigUint64(0, cookie + BigInt(n + 1), true);
          view.setUint32(16, letters.length, true);
          view.setUint8(20, entry instanceof Map ? DIRECTORY : FILE);
          record.set(letters, 24);
          const fits = record.subarray(0, length - at);
          this.bytes(buffer + at, fits.length).set(fits);
          at += fits.length;
          if (at >= length) break;
        }
        return size(used, at);
      },
      fd_seek: (fd, offset, whence, at) => {
        const file = this.open[fd];
        if (!file?.node) return BADF;
        const from = whence === 0 ? 0 : whence === 1 ? file.at : file.node.size;
        const to = from + Number(offset);
        if (to < 0) return INVAL;
        file.at = to;
        return long(at, BigInt(to));
      },
      fd_tell: (fd, at) => long(at, BigInt(this.open[fd]?.at ?? 0)),
      fd_sync: () => OK,
      fd_datasync: () => OK,
      fd_write: (fd, at, count, done) => {
        const file = this.open[fd];
        if (!file) return BADF;
        let sum = 0;
        for (const piece of this.pieces(at, count)) {
          if (file.stream !== undefined) {
            file.stream?.write(file.stream.size, piece);
            if (fd === 2) this.onError(new TextDecoder().decode(piece));
          } else {
            if (file.append) file.at = file.node.size;
            file.node.write(file.at, piece);
            file.at += piece.length;
          }
          sum += piece.length;
        }
        return size(done, sum);
      },
      path_create_directory: (fd, at, length) => {
        const found = this.find(fd, this.text(at, length));
        if (!found) return NOENT;
        if (found.node) return EXIST;
        found.directory.set(found.name, new Map());
        return OK;
      },
      path_filestat_get: (fd, _, at, length, to) => {
        const found = this.find(fd, this.text(at, length));
        return found?.node ? this.writeStat(to, found.node) : NOENT;
      },
      path_filestat_set_times: () => OK,
      path_link: () => NOSYS,
      path_open: (fd, _dirflags, at, length, flags, _base, _inherited, fdflags, to) => {
        const found = this.find(fd, this.text(at, length));
        if (!found) return NOENT;
        let node = found.node;
        if (node && flags & 4) return EXIST;
        if (!node) {
          if (!(flags & 1)) return NOENT;
          node = new Bytes();
          found.directory.set(found.name, node);
        }
        if (flags & 2 && !(node instanceof Map)) return NOTDIR;
        if (flags & 8 && !(node instanceof Map)) node.resize(0);
        let number = ROOT + 1;
        while (this.open[number]) number += 1;
        this.open[number] = { node, at: 0, append: (fdflags & 1) !== 0 };
        return size(to, number);
      },
      path_readlink: () => INVAL,
      path_remove_directory: (fd, at, length) => {
        const found = this.find(fd, this.text(at, length));
        if (!found?.node) return NOENT;
        if (!(found.node instanceof Map)) return NOTDIR;
        if (found.node.size) return NOTEMPTY;
        found.directory.delete(found.name);
        return OK;
      },
      path_rename: (fd, at, length, fdTo, atTo, lengthTo) => {
        const [from, to] = [this.find(fd, this.text(at, length)), this.find(fdTo, this.text(atTo, lengthTo))];
        if (!from?.node || !to) return NOENT;
        from.directory.delete(from.name);
        to.directory.set(to.name, from.node);
        return OK;
      },
      path_symlink: () => NOSYS,
      path_unlink_file: (fd, at, length) => {
        const found = this.find(fd, this.text(at, length));
        if (!found?.node) return NOENT;
        if (found.node instanceof Map) return ISDIR;
        found.directory.delete(found.name);
        return OK;
      },
      poll_oneoff: (_in, out, _count, done) => {
        // Nothing sleeps here: a pause is over at once.
        this.bytes(out, 32).fill(0);
        return size(done, 1);
      },
      proc_exit: (status) => { throw new Ended(status); },
      random_get: (at, length) => {
        for (let n = 0; n < length; n += 65536) crypto.getRandomValues(this.bytes(at + n, Math.min(65536, length - n)));
        return OK;
      },
      sched_yield: () => OK,
    };
    return new Proxy(calls, { get: (known, name) => known[name] ?? (() => NOSYS) });
  }
}
