using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering;

/// <summary>
/// Turns a fused, planned graph into methods that launch kernels. The root becomes Forward and Backward, every loop
/// body a method with the loop indices as parameters.
/// </summary>
class LowerToCpu
{
    readonly CpuProgram program;
    readonly AddressText addresses;
    readonly HashSet<string> kernelNames = [];
    readonly HashSet<string> methodNames = [];
    readonly string prefix;

    protected LowerToCpu(Graph graph, MemoryPlan plan, string prefix)
    {
        (program, addresses, this.prefix) =
            (new CpuProgram(graph, plan, prefix), new AddressText(plan, prefix + "Buffers"), prefix);
        program.Aliases = [.. addresses.Aliases];
        // An index is a parameter of its body's method, beside inputs, results and dims.
        NameIndices(graph.Root,
            [.. graph.Inputs.Select(i => i.Name), .. graph.Dims.Select(d => d.Name), .. Results(graph)]);
    }

    /// <param name="graph">Fused.</param>
    /// <param name="plan">Where its values lie.</param>
    /// <param name="prefix">
    /// What its kernels' names start with, so that entry points of one model do not collide.
    /// </param>
    public static CpuProgram Run(Graph graph, MemoryPlan plan, string prefix) =>
        new LowerToCpu(graph, plan, prefix).Run();

    protected CpuProgram Program => program;
    protected AddressText Addresses => addresses;

    protected CpuProgram Run()
    {
        LowerToCpu pass = this;
        (Graph graph, MemoryPlan plan) = (program.Graph, program.Plan);
        plan.ScratchLength = WidenOperands.Longest(graph);
        plan.ScaleLength = graph.Root.AllValues().Where(v => v.Is(Structure.Quantize))
            .Select(v => v.Attributes.Start.Constant + v.Attributes.Window[0]).DefaultIfEmpty(0).Max();
        pass.addresses.KeepsScales = graph.IsTraining;
        List<Value> root = graph.Root.Values;
        int forward = graph.ForwardCount < 0 ? root.Count : graph.ForwardCount;
        string entry = graph.Name.Substring(graph.Name.LastIndexOf('.') + 1);
        string shapes = string.Join(", ", graph.Inputs.Select(i => $"{i.Name} {i.Shape}"));
        string memory = $"Activations lie in {Cost.Text(plan.ArenaBytes)}B, at the offsets in {prefix}Buffers.";
        pass.Method(prefix + "Forward", graph.IsTraining ? $"Computes {entry} and keeps what Backward reads."
            : $"Computes {entry}.",
            $"{shapes} → {string.Join(", ", graph.Results.Select(r => r.Shape))}. {memory}", root.Take(forward), [],
                false);
        if (graph.IsTraining)
        {
            CpuMethod backward = pass.Method(prefix + "Backward",
                $"Computes the gradient of {entry} with respect to every parameter, into Gradients.",
                memory, root.Skip(forward), [], true);
            pass.Copies(plan.FinalCopies, backward);
            if (plan.StateCopies.Count > 0)
                pass.Copies(plan.StateCopies, pass.Method(prefix + CpuProgram.UpdateStates,
                    "Keeps what the next step starts from.", "", [], [], true));
        }
        else pass.Copies(plan.FinalCopies, pass.program.Methods[0]);
        return pass.program;
    }

    /// <summary>Spans that results are written to are called after the entry point.</summary>
    static IEnumerable<string> Results(Graph graph)
    {
        string name = graph.Name.Substring(graph.Name.LastIndexOf('.') + 1);
        name = char.ToLowerInvariant(name[0]) + name.Substring(1);
        return [name, name + "Result", .. Enumerable.Range(1, graph.Results.Count).Select(i => name + i)];
    }

    /// <summary>Nested loops must not share an index name.</summary>
    static void NameIndices(Region region, IReadOnlyList<string> outer)
    {
        foreach (Loop loop in region.Values.Where(v => v.Is(Structure.Loop)).Select(v => v.Loop!))
        {
            string name = loop.Index;
            for (int i = 2; outer.Contains(loop.Index); i++) loop.Index = name + i;
            NameIndices(loop.Body, [.. outer, loop.Index]);
        }
    }

    CpuMethod Method(string name, string summary, string remarks, IEnumerable<Value> values,
        IReadOnlyList<string> indices, bool isBackward, IReadOnlyList<string>? paths = null)
    {
        string unique = name;
        for (int i = 2; !methodNames.Add(unique); i++) unique = name + i;
        List<Value> list = [.. values];
        string cost = $"{(remarks.Length > 0 ? remarks + " " : "")}At the largest dims: " +
            $"{Cost.Text(Cost.Flops(list))}FLOP.";
        var method = new CpuMethod(unique, summary, cost, indices, isBackward) { LoopPaths = paths ?? [] };
        program.Methods.Add(method);
        for (int i = 0; i < list.Count; i++)
        {
            Value value = list[i];
            if (value.Is(Structure.Loop)) Loop(value.Loop!, method);
            else if (value.Kernel is { } kernel && (i == 0 || list[i - 1].Kernel != kernel))
            {
                List<Value> own = [.. list.Skip(i).TakeWhile(v => v.Kernel == kernel)];
                int first = method.Statements.Count;
                Kernel(kernel, own, method);
                int last = method.Statements.Count - 1;
                if (last < first) continue;     // another kernel computes it
                for (int s = first; s <= last; s++)
                    method.Statements[s] = method.Statements[s] with { Name = BufferNames.Of(Named(kernel)) };
                method.Statements[last] = method.Statements[last] with { Writes = [.. Writes(kernel, own)] };
            }
        }
        return method;
    }

    /// <summary>The value that a kernel is named after.</summary>
    public static Value Named(Kernel kernel) =>
        kernel.Outputs.LastOrDefault(o => o.Name.Length > 0) ?? kernel.Outputs.Last();

    protected virtual IEnumerable<StoredValue> Writes(Kernel kernel, List<Value> values)
    {
        string source = values.Select(v => v.Source).LastOrDefault(s => s.Length > 0) ?? "";
        // In 8 bits nothing becomes infinite, and what is no number was none before.
        foreach (Value output in kernel.Outputs
            .Where(o => o.Type == ElementType.Float32 && o.Storage.Bytes() > 1))
        {
            int[] order = output.Layout ?? [.. Enumerable.Range(0, output.Shape.Rank)];
            yield return new(addresses.NameOf(output), addresses.Of(output),
                [.. order.Select(a => output.Shape[a].ToString())],
                output.Source.Length > 0 ? output.Source : source, MayBeInfinite(output, 0));
        }
    }

    /// <summary>Whether an infinite constant reaches a value: that of a mask.</summary>
    static bool MayBeInfinite(Value value, int depth)
    {
        const int Deepest = 16;
        if (value.Op.Kind == PrimitiveKind.Source) return double.IsInfinity(value.Attributes.Number);
        return depth < Deepest && value.Op.Kind is PrimitiveKind.Elementwise or PrimitiveKind.View
            && value.Inputs.Any(i => MayBeInfinite(i, depth + 1));
    }

    static string Layers(Loop loop)
    {
        StackScope[] period = [.. loop.Scopes.Where(s => s.Path == loop.Scopes[0].Path)];
        return period.Length == 1 ? $"One layer of {period[0].Path}, {period[0].Indices}."
            : $"One iteration over {period[0].Path}: one layer each of " +
                $"{string.Join("; ", period.Select(s => s.Indices))}.";
    }

    void Loop(Loop loop, CpuMethod method)
    {
        LoopCopies copies = program.Plan.Copies[loop];
        Copies(copies.Before, method);
        string what = loop.Scopes.Count > 0 ? Identifiers.Pascal(loop.Scopes[0].Path) : loop.Index == "t" ? "Time"
            : "Loop";
        string name = prefix + (method.IsBackward ? "Backward" : "Forward") + what;
        string summary = loop.Scopes.Count > 0 ? Layers(loop) : $"One step of the loop over {loop.Index}.";
        Dim last = loop.Count - 1;
        string runs = $"{loop.Index} runs from {(loop.Reversed ? $"{last} down to 0" : $"0 to {last}")}.";
        CpuMethod body = Method(name, summary, runs, loop.Body.Values, [.. method.LoopIndices, loop.Index],
            method.IsBackward, [.. method.LoopPaths, loop.Scopes.Count > 0 ? loop.Scopes[0].Path : ""]);
        var start = new CpuMethod("", "", "", [], false);
        Copies(copies.AtStart, start);
        body.Statements.InsertRange(0, start.Statements);
        Copies(copies.AtEnd, body);
        string carried = string.Join(", ", loop.Carried.Select(c =>
            $"{addresses.NameOf(c)}: {c.Shape}"));
        method.Statements.Add(new RunLoop(loop.Node.Source, carried.Length > 0 ? [$"carries {carried}"] : [],
            loop.Index, loop.Reversed ? last.ToString() : loop.Count.ToString(), loop.Reversed, body));
    }

    void Copies(IEnumerable<Copy> copies, CpuMethod method)
    {
        foreach (Copy copy in copies)
            method.Statements.Add(new Call("", [$"{addresses.NameOf(copy.From)}: {copy.From.Shape}, {copy.Why}"],
                CopyText(addresses.Of(copy.From), addresses.Of(copy.To, To(copy)), copy.From.Shape.Size))
            {
                Name = "copy of " + BufferNames.Of(copy.From),
            });
    }

    /// <summary>What a copy's target holds: a place in memory of four bytes takes integers as well.</summary>
    static StorageType To(Copy copy) =>
        copy.From.Storage.IsLow() || copy.To.Buffer.Storage.IsLow() ? copy.To.Buffer.Storage : copy.From.Storage;

    /// <summary>A call that copies so many elements.</summary>
    protected virtual string CopyText(string from, string to, Dim length) => $"Rows.Copy(Pool, {from}, {to}, {length})";

    protected virtual void Kernel(Kernel kernel, List<Value> values, CpuMethod method)
    {
        Value named = Named(kernel);
        string source = values.Select(v => v.Source).LastOrDefault(s => s.Length > 0) ?? "";
        List<string> notes = KernelText.Of(kernel.Outputs, values, addresses);
        if (kernel.Kind == KernelKind.Single)
        {
            method.Statements.Add(LowerSingle.Run(kernel, values, source, notes, addresses));
            return;
        }
        kernel.Name = KernelName(named);
        string summary = source.Length > 0 ? source : $"Computes {addresses.NameOf(named)}.";
        List<string> remarks =
        [
            $"Writes {string.Join(", ", kernel.Outputs.Select(o => $"{addresses.NameOf(o)} {o.Shape}"))}.",
            $"At the largest dims: {Cost.Text(values.Aggregate(0L, (sum, v) => sum + Cost.Flops(v)))}FLOP, " +
                $"{Cost.Text(Cost.Bytes(kernel, values))}B.",
        ];
        var lowered = new CpuKernel(kernel.Name, summary, remarks, kernel.Kind == KernelKind.MatMul);
        var builder = new KernelBuilder(lowered, addresses, program.Graph.Dims);
        if (values[0].Op.Facet.HasEpilogue)
        {
            TiledCall call = LowerTiledCall.Run(kernel, values, addresses, program.Plan, source, notes, builder);
            if (call.Epilogue is not null) program.Kernels.Add(lowered);
            method.Statements.Add(call);
            return;
        }
        if (kernel.Kind == KernelKind.MatMul)
        {
            Multiply multiply = new LowerMatMul(kernel, values, addresses, program.Plan).Run(source, notes, builder);
            if (multiply.Epilogue is not null) program.Kernels.Add(lowered);
            method.Statements.Add(multiply);
            return;
        }
        (string count, int grain) = kernel.Kind == KernelKind.Columns
            ? LowerColumns.Run(kernel, values, builder)
            : LowerRows.Run(kernel, values, builder);
        program.Kernels.Add(lowered);
        method.Statements.Add(new Launch(source, notes, lowered, builder.Arguments, count, grain));
    }

    protected string KernelName(Value value)
    {
        string name = prefix + BufferNames.Of(value);
        string unique = name;
        for (int i = 2; !kernelNames.Add(unique); i++) unique = name + i;
        return unique;
    }
}
