using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering;

/// <summary>Lists the kernels of a lowered program in the order in which they run, with what each costs.</summary>
static class ReadKernelCosts
{
    public static IReadOnlyList<KernelCost> Run(CpuProgram program)
    {
        List<KernelCost> costs = [];
        Walk(program.Graph.Root, new Schedule(program.Graph), new LayersOfKernels(program.Plan), 1, null, program.Graph,
            costs);
        return costs;
    }

    static void Walk(Region region, Schedule schedule, LayersOfKernels layers, long times, bool? isBackward,
        Graph graph, List<KernelCost> costs)
    {
        int forward = graph.ForwardCount < 0 ? graph.Root.Values.Count : graph.ForwardCount;
        for (int i = 0; i < region.Values.Count; i++)
        {
            Value value = region.Values[i];
            bool backward = isBackward ?? i >= forward;
            if (value.Is(Structure.Loop))
                Walk(value.Loop!.Body, schedule, layers, times * value.Loop.Count.Maximum, backward, graph, costs);
            if (value.Kernel is not { } kernel || i > 0 && region.Values[i - 1].Kernel == kernel) continue;
            List<Value> values = [.. region.Values.Skip(i).TakeWhile(v => v.Kernel == kernel)];
            Value named = LowerToCpu.Named(kernel);
            string name = kernel.Name.Length > 0 ? kernel.Name : BufferNames.Of(named);
            costs.Add(new(schedule.Of(value), name, layers.Of(kernel, values, name), backward, times,
                values.Sum(Cost.Flops), Cost.Bytes(kernel, values)));
        }
    }
}
