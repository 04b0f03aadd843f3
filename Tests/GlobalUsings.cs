global using ModelCompiler;
global using ModelCompiler.Runtime;
global using ModelCompiler.Runtime.Training;
global using static ModelCompiler.Operators;
