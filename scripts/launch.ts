import { compileProgram, runProgram } from './program-file.ts';

/* What stands in the image as `otelcol-contrib` and `pitot`: the program is the file beside it. */
runProgram(compileProgram(__dirname), __dirname);
