using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.Lowering;

namespace ModelCompiler.Emission;

/// <summary>All kernels of a model, equal ones once: training and inference share what they compute alike.</summary>
sealed class KernelPool
{
    // Inside their class a kernel's name goes before the runtime's; and a struct has no member of its own name.
    readonly KernelNames names = new(KernelEmitter.Signature, ["Kernels", "Run", "Apply",
        .. GeneratedNames.ReadInKernels]);

    /// <summary>Kernels to emit, in order of first use.</summary>
    public List<(string Name, CpuKernel Kernel)> Kernels { get; } = [];

    public void Add(CpuProgram program)
    {
        names.Reserve(program.Graph.Dims.Select(d => d.Name));
        foreach (CpuKernel kernel in program.Kernels)
            if (names.Add(kernel)) Kernels.Add((names[kernel], kernel));
    }

    public string NameOf(CpuKernel kernel) => "Kernels." + names[kernel];
}
