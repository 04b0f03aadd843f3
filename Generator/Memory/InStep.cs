using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;

namespace ModelCompiler.Memory;

/// <summary>
/// Proves that a kernel may write a result over what it reads: each element that it reads there is read by the very
/// iteration that writes it, before it does. Strides along the kernel's axes say which iteration that is, passes over a
/// row say when.
/// </summary>
static class InStep
{
    /// <param name="kernel">Writes the result.</param>
    /// <param name="result">One of its outputs.</param>
    /// <param name="liesThere">Whether a value with memory lies where the result is to be written, whole.</param>
    public static bool IsProved(Kernel kernel, Value result, Func<Value, bool> liesThere)
    {
        if (kernel.Kind is KernelKind.Single or KernelKind.Columns) return false;
        List<Value> values = [.. result.Region.Values.Where(v => v.Kernel == kernel)];
        if (kernel.Kind == KernelKind.MatMul)
        {
            // The product passes over its operands and its tiles many times; the rest of the kernel works on finished
            // tiles.
            if (values[0] == result
                || values[0].Inputs.Any(i => Strided.Of(i) is not { } s || liesThere(s.Base))) return false;
            values.RemoveAt(0);
        }
        var accesses = new KernelAccesses(kernel, values);
        Dim[] written = accesses.All[(result, accesses.RootMap(result).ToString())].Strides;
        if (Reads(accesses, kernel, liesThere).Any(r => !IsAt(written, r.Access, r.Place))) return false;
        // A number that is the same all along a row is written when the row is done.
        bool isElement = written.Length > 0 && written[written.Length - 1] != 0;
        if (!isElement) return true;
        var passes = new RowPasses(values);
        var later = new KernelAccesses(kernel, [.. values.Where(v => passes.Of(v) > passes.Of(result))]);
        return !Reads(later, kernel, liesThere).Any();
    }

    static IEnumerable<(KernelAccess Access, Strided Place)> Reads(KernelAccesses accesses, Kernel kernel,
        Func<Value, bool> liesThere) =>
        accesses.All.Values.Where(a => !kernel.Outputs.Contains(a.Value)).Select(a => (a, Strided.Of(a.Value)!))
            .Where(r => liesThere(r.Item2.Base));

    static bool IsAt(Dim[] written, KernelAccess read, Strided place) => place.Offset == 0
        && !place.Base.Is(Structure.At) && !place.Base.Is(Structure.Pick) && read.Strides.SequenceEqual(written);
}
