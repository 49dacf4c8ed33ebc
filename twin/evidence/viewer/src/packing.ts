// Unpacks what packing.py packed: base64, deflate, planes of bytes, zigzag, differences.

import type { Column, Facts } from "./facts";

export type Table = Uint8Array | Uint16Array | Int16Array | Int32Array;

const MAKERS = { u1: Uint8Array, u2: Uint16Array, i2: Int16Array, i4: Int32Array } as const;
const BYTES = { u1: 1, u2: 2, i2: 2, i4: 4 } as const;

/** Bytes of the section with this name; the section leaves the page, for memory's sake. */
async function section(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const holder = document.getElementById(name);
  if (!holder) throw new Error(`section ${name} is missing`);
  const text = atob(holder.textContent ?? "");
  holder.remove();
  const packed = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) packed[i] = text.charCodeAt(i);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export async function readFacts<T = Facts>(): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await section("facts"))) as T;
}

/** The tables of a section, by name. */
export async function readTables(name: string, columns: Column[]): Promise<Map<string, Table>> {
  const bytes = await section(name);
  const tables = new Map<string, Table>();
  let offset = 0;
  for (const column of columns) {
    tables.set(column.name, unpacked(bytes, offset, column));
    offset += column.rows * column.width * BYTES[column.kind];
  }
  return tables;
}

/** A table by name and kind; its absence is a fault of the writer. */
export function table<T extends Table>(tables: Map<string, Table>, name: string): T {
  const found = tables.get(name);
  if (!found) throw new Error(`table ${name} is missing`);
  return found as T;
}

function unpacked(bytes: Uint8Array, offset: number, { kind, rows, width }: Column): Table {
  const size = BYTES[kind];
  const values = new MAKERS[kind](rows * width);
  for (let w = 0; w < width; w++) {
    let sum = 0;
    const plane = offset + w * size * rows;
    for (let i = 0; i < rows; i++) {
      let coded = 0;
      for (let b = 0; b < size; b++) coded |= (bytes[plane + b * rows + i] as number) << (8 * b);
      sum = (sum + ((coded >>> 1) ^ -(coded & 1))) | 0;
      values[i * width + w] = sum; // a typed array wraps around, as the writer did
    }
  }
  return values;
}
