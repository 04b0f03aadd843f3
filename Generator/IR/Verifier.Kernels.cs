using System.Collections.Generic;
using System.Linq;

namespace ModelCompiler.IR;

/// <summary>Kernels: their values stand together, and only what they write is read by others.</summary>
sealed partial class Verifier
{
    void Kernels()
    {
        var closed = new HashSet<Kernel>();
        var kernelIds = new HashSet<int>();
        foreach (Region region in graph.AllRegions())
        {
            Kernel? open = null;
            for (int i = 0; i < region.Values.Count; i++)
            {
                Value value = region.Values[i];
                if (value.Kernel != open)
                {
                    if (open is not null) closed.Add(open);
                    if (value.Kernel is { } opened && !closed.Contains(opened) && !kernelIds.Add(opened.Id))
                        throw Broken(value, $"is of a second kernel k{opened.Id}");
                }
                // Two halves of one kernel in forward and backward pass could not be called separately.
                else if (open is not null && region == graph.Root && i == graph.ForwardCount)
                    throw Broken(value, $"is of the backward pass, its kernel k{open.Id} begins in the forward pass");
                open = value.Kernel;
                if (open is null)
                {
                    if (isFused && value.Op.Kind is not (PrimitiveKind.Structure or PrimitiveKind.View))
                        throw Broken(value, "computes outside of any kernel");
                }
                else if (closed.Contains(open))
                    throw Broken(value, $"stands apart from the rest of its kernel k{open.Id}");
            }
            if (open is not null) closed.Add(open);
        }
        foreach (Value value in graph.Root.AllValues()) ReadsMemory(value);
        foreach (Value end in graph.Ends) IsWritten(end, end);
        foreach (Kernel kernel in closed)
        {
            if (kernel.Outputs.Count == 0) throw Broken(null, $"kernel k{kernel.Id} writes nothing");
            foreach (Value output in kernel.Outputs)
                if (output.Kernel != kernel || !seen.Contains(output))
                    throw Broken(output, $"is written by kernel k{kernel.Id}, which does not compute it");
        }
    }

    void ReadsMemory(Value value)
    {
        foreach (Value input in value.Inputs)
            if (value.Kernel is null || input.Kernel != value.Kernel) IsWritten(input, value);
        if (!value.Is(Structure.Loop)) return;
        Loop loop = value.Loop!;
        foreach (Value read in loop.Initial.Concat(loop.Yields).Concat(loop.Stacked.Select(s => s.Inner)))
            IsWritten(read, value);
    }

    void IsWritten(Value read, Value reader)
    {
        if (read.Kernel is not { } kernel || kernel.Outputs.Contains(read)) return;
        string use = reader == read ? "is an end of the graph" : $"reads {read}";
        throw Broken(reader, $"{use}, which its kernel k{kernel.Id} does not write");
    }
}
