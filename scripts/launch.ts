import { compileProgramOf, runProgram } from './program-file.ts';

/* The executables `otelcol-contrib` and `pitot` of the image. They run the program file in the same directory. */
runProgram(compileProgramOf(__dirname), __dirname);
