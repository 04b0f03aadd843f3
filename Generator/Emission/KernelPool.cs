using System.Collections.Generic;
using ModelCompiler.Lowering;

namespace ModelCompiler.Emission;

/// <summary>All kernels of a model, equal ones once: training and inference share what they compute alike.</summary>
sealed class KernelPool
{
    readonly Dictionary<string, CpuKernel> bySignature = [];
    readonly Dictionary<CpuKernel, string> names = [];
    readonly HashSet<string> taken = ["Kernels"];

    /// <summary>Kernels to emit, in order of first use.</summary>
    public List<(string Name, CpuKernel Kernel)> Kernels { get; } = [];

    public void Add(CpuProgram program)
    {
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
