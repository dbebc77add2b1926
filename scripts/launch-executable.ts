import { dirname } from 'node:path';
import { getAssetKeys, getRawAsset } from 'node:sea';
import { compileProgram, runProgram } from './program-file.ts';

/* The main script of the single executable: it holds the program, and its compiled form where the build could make one. */
const asset = (name: string) => Buffer.from(getRawAsset(name) as ArrayBuffer);
const cache = getAssetKeys().includes('pitot.cache') ? asset('pitot.cache') : undefined;
runProgram(compileProgram(asset('pitot.cjs').toString('latin1'), process.execPath, cache), dirname(process.execPath));
