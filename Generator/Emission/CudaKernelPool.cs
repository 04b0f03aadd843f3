using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.Lowering;
using ModelCompiler.Lowering.Cuda;

namespace ModelCompiler.Emission;

/// <summary>All CUDA kernels of a model, equal ones once: training and inference share what they compute alike.
/// </summary>
sealed class CudaKernelPool
{
    readonly KernelNames names = new(CudaKernelEmitter.Signature, ["Text"]);

    /// <summary>Kernels to emit, in order of first use.</summary>
    public List<(string Name, CpuKernel Kernel, int Threads)> Kernels { get; } = [];

    public void Add(CpuProgram program)
    {
        foreach (CpuKernel kernel in program.Kernels)
            if (names.Add(kernel)) Kernels.Add((names[kernel], kernel, program.Threads[kernel]));
    }

    /// <summary>The constant that a launch names it by.</summary>
    public string NumberOf(CpuKernel kernel) => "CudaKernels." + names[kernel];

    /// <summary>Its name in the text.</summary>
    public string SymbolOf(CpuKernel kernel) => Symbol(names[kernel]);

    /// <summary>The class that holds their text, and a number for each.</summary>
    public void Write(string model, SourceWriter writer)
    {
        writer.Line("/// <summary>Kernels for devices of CUDA: their numbers, and the text that is compiled when a " +
            "model first runs there.</summary>");
        using (writer.Block("private static class CudaKernels"))
        {
            for (int i = 0; i < Kernels.Count; i++) writer.Line($"public const int {Kernels[i].Name} = {i};");
            writer.Line();
            string all = string.Join(", ", Kernels.Select(k => $"\"{Symbol(k.Name)}\""));
            writer.Line($"public static readonly ModelCompiler.Runtime.Cuda.Programs.CudaKernelText Text = new(" +
                $"{CSharpLiteral.String(model)}, Source, new string[] {{ {all} }});");
            writer.Line();
            writer.Line("const string Source = \"\"\"\"");
            using (writer.Indent())
            {
                writer.Lines(Source().TrimEnd('\n'));
                writer.Line("\"\"\"\";");
            }
        }
    }

    /// <summary>What a compiler of CUDA is given behind the prelude.</summary>
    public string Source()
    {
        var text = new SourceWriter();
        for (int i = 0; i < Kernels.Count; i++)
        {
            if (i > 0) text.Line();
            CudaKernelEmitter.Write(Symbol(Kernels[i].Name), Kernels[i].Kernel, Kernels[i].Threads, text);
        }
        return text.ToString();
    }

    /// <summary>Kernels are named in the language's way, so that no local hides one: Up becomes up_kernel.</summary>
    static string Symbol(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c)
        ? (i > 0 && !char.IsUpper(name[i - 1]) ? "_" : "") + char.ToLowerInvariant(c) : c.ToString())) + "_kernel";
}
