using System.CommandLine;
using ModelCompiler.Benchmarks;

var root = new RootCommand("Measures generated training code and the runtime's kernels.")
{
    TrainCommand.Create(),
    KernelsCommand.Create(),
    ConvolutionsCommand.Create(),
    OptimizersCommand.Create(),
    PrecisionCommand.Create(),
};
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors) System.Console.Error.WriteLine(error.Message);
    System.Console.Error.WriteLine("Use --help for what there is.");
    return 2;
}
return parsed.Invoke();
