using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.Lowering;

namespace ModelCompiler.Emission;

/// <summary>All kernels of a model, equal ones once: training and inference share what they compute alike.</summary>
sealed class KernelPool
{
    readonly Dictionary<string, CpuKernel> bySignature = [];
    readonly Dictionary<CpuKernel, string> names = [];
    // Inside their class a kernel's name goes before the runtime's; and a struct has no member of its own name.
    readonly HashSet<string> taken = ["Kernels", "Run", "Apply", .. GeneratedNames.ReadInKernels];

    /// <summary>Kernels to emit, in order of first use.</summary>
    public List<(string Name, CpuKernel Kernel)> Kernels { get; } = [];

    public void Add(CpuProgram program)
    {
        taken.UnionWith(program.Graph.Dims.Select(d => d.Name));
        foreach (CpuKernel kernel in program.Kernels)
        {
            string signature = KernelEmitter.Signature(kernel);
            if (bySignature.TryGetValue(signature, out CpuKernel? equal))
            {
                names[kernel] = names[equal];
                continue;
            }
            bySignature.Add(signature, kernel);
            string name = kernel.Name;
            for (int i = 2; !taken.Add(name); i++) name = kernel.Name + i;
            names[kernel] = name;
            Kernels.Add((name, kernel));
        }
    }

    public string NameOf(CpuKernel kernel) => "Kernels." + names[kernel];
}
