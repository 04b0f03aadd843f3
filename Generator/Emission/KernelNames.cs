using System;
using System.Collections.Generic;
using ModelCompiler.Lowering;

namespace ModelCompiler.Emission;

/// <summary>
/// Names for the kernels of all entry points of a model: equal kernels have one, and it is nobody else's.
/// </summary>
/// <param name="signature">Of a kernel: what is the same for equal ones.</param>
/// <param name="reserved">Names that mean something else where kernels are read.</param>
sealed class KernelNames(Func<CpuKernel, string> signature, IEnumerable<string> reserved)
{
    readonly Dictionary<string, string> bySignature = [];
    readonly Dictionary<CpuKernel, string> names = [];
    readonly HashSet<string> taken = [.. reserved];

    /// <summary>The name of a kernel that was added.</summary>
    public string this[CpuKernel kernel] => names[kernel];

    /// <summary>Keeps more names from being given.</summary>
    public void Reserve(IEnumerable<string> more) => taken.UnionWith(more);

    /// <summary>Names a kernel; true for the first of its equals, which is the one to emit.</summary>
    public bool Add(CpuKernel kernel)
    {
        string key = signature(kernel);
        bool isFirst = !bySignature.TryGetValue(key, out string? name);
        if (isFirst)
        {
            name = kernel.Name;
            for (int i = 2; !taken.Add(name); i++) name = kernel.Name + i;
            bySignature.Add(key, name);
        }
        names[kernel] = name!;
        return isFirst;
    }
}
