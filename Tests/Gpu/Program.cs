using System;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using ModelCompiler.Gpu;
using ModelCompiler.Gpu.Models;
using ModelCompiler.Runtime.Cuda;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 2;
}
try
{
    switch (options.Command)
    {
        case "plan":
            // The plan is a constant of the class; a whole trainer would reserve the memory that it speaks of.
            var trainer = (Gpt2.Trainer)RuntimeHelpers.GetUninitializedObject(typeof(Gpt2.Trainer));
            GC.SuppressFinalize(trainer);
            Console.Write(PlanTable.Write(trainer.Plan, (long)Gpt2.Batch * Gpt2.Context));
            return 0;
        case "check":
            return Runs.Check(options).All(c => c.Passed) ? 0 : 1;
        case "bench":
            Console.Write(Runs.Bench(options).Launches);
            return 0;
        default:
            return Runs.All(options);
    }
}
catch (CudaException problem)
{
    Console.Error.WriteLine($"{problem.GetType().Name}: {problem.Message}");
    return 1;
}
