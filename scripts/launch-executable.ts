import { dirname } from 'node:path';
import { getAssetKeys, getRawAsset } from 'node:sea';
import { compileProgram, runProgram } from './program-file.ts';

/* Main script of the single executable, which contains the program and, if the build could create it, its compiled code. */
const asset = (name: string) => Buffer.from(getRawAsset(name) as ArrayBuffer);
const cache = getAssetKeys().includes('pitot.cache') ? asset('pitot.cache') : undefined;
runProgram(compileProgram(asset('pitot.cjs').toString('latin1'), process.execPath, cache), dirname(process.execPath));
