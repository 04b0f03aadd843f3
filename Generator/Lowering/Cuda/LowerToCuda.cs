using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering.Cuda;

/// <summary>
/// Turns a fused, planned graph into methods that launch kernels on a device of CUDA: the same methods, addresses and
/// loops as for the CPU.
/// </summary>
sealed class LowerToCuda : LowerToCpu
{
    /// <summary>Gradients of biases that products compute besides.</summary>
    readonly Dictionary<Kernel, Value> biasGradients;

    LowerToCuda(Graph graph, MemoryPlan plan, string prefix) : base(graph, plan, prefix) =>
        biasGradients = MatchBiasGradients.Of(graph, plan);

    /// <inheritdoc cref="LowerToCpu.Run(Graph, MemoryPlan, string)"/>
    public static new CpuProgram Run(Graph graph, MemoryPlan plan, string prefix) =>
        new LowerToCuda(graph, plan, prefix).Run();

    /// <summary>
    /// The call of a routine as the processor's, but of the program's own method and without the pool:
    /// <c>Pooling.Average(Pool, x, …)</c> is <c>PoolingAverage(x, …)</c>.
    /// </summary>
    static string OnDevice(string call)
    {
        string own = Routine.Replace(call, m =>
            (m.Groups[1].Value == "Rows" ? "" : m.Groups[1].Value) + m.Groups[2].Value + "(");
        own = own.Replace("RandomKey0 = RandomKey0, RandomKey1 = RandomKey1,", "");    // they lie on the device
        // Lengths have 64 bits here, and a routine's sizes 32.
        own = Sizes.Replace(own, shape => Computed.Replace(shape.Value,
            m => $"{m.Groups[1].Value} = (int)({m.Groups[2].Value})"));
        return Low.Replace(own, m => $"{(m.Groups[1].Value == "Half" ? "Float16" : m.Groups[1].Value)}{m.Value}");
    }

    /// <summary>Whether a routine of views rounds what it multiplies: its views say so, where the processor has rounded
    /// copies.</summary>
    static bool IsRounded(Value value) =>
        value.Precision == PrecisionLevel.TensorFloat32 && value.Op.Facet.GroupCall is not null;

    static Call Rounded(Call call) => call with
    {
        Text = Plain.Replace(call.Text, "TensorFloat32Data = "),
        Notes = [.. call.Notes, "operands read as tf32, sums in f32"],
    };

    static readonly Regex Routine = new(@"\b(\w+)\.(\w+)\(Pool,\s*", RegexOptions.CultureInvariant);
    static readonly Regex Sizes = new(@"new \w+Shape\s*\{[^}]*\}", RegexOptions.CultureInvariant);
    static readonly Regex Computed = new(@"(\w+) = ((?!true|false)[A-Za-z(][^,}\n]*|\d+ [*+/-][^,}\n]*)",
        RegexOptions.CultureInvariant);
    static readonly Regex Plain = new(@"\bData = ", RegexOptions.CultureInvariant);
    static readonly Regex Low = new(@"\bData = \((BFloat16|Half)\*\)", RegexOptions.CultureInvariant);

    protected override string CopyText(string from, string to, Dim length) => $"Copy({from}, {to}, {length})";

    protected override IEnumerable<StoredValue> Writes(Kernel kernel, List<Value> values) =>
        biasGradients.TryGetValue(kernel, out Value? sum)
            ? [.. base.Writes(kernel, values), .. base.Writes(sum.Kernel!, [sum])]
            : base.Writes(kernel, values);

    protected override void Kernel(Kernel kernel, List<Value> values, CpuMethod method)
    {
        if (kernel.Kind == KernelKind.Columns && biasGradients.ContainsValue(values[0])) return;
        Value named = Named(kernel);
        string source = values.Select(v => v.Source).LastOrDefault(s => s.Length > 0) ?? "";
        List<string> notes = KernelText.Of(kernel.Outputs, values, Addresses);
        if (kernel.Kind == KernelKind.Single)
        {
            Call call = LowerSingle.Run(kernel, values, source, notes, Addresses, isOnCuda: true);
            call = call with { Text = OnDevice(call.Text) };
            method.Statements.Add(IsRounded(values[0]) ? Rounded(call) : call);
            return;
        }
        string name = KernelName(named);
        var lowered = new CpuKernel(name, notes.FirstOrDefault() ?? Addresses.NameOf(named), Header(kernel, values,
            source, notes), false);
        if (kernel.Kind == KernelKind.MatMul)
        {
            Product(kernel, values, method, source, notes, lowered);
            return;
        }
        CudaKernelBuilder builder = Builder(lowered, kernel, values);
        if (kernel.Kind == KernelKind.Columns)
        {
            CudaColumns shape = LowerCudaColumns.Run(kernel, values, builder);
            Program.Kernels.Add(lowered);
            Program.Threads[lowered] = shape.Threads;
            Program.Launched[kernel] = lowered;
            method.Statements.Add(new CudaColumnLaunch(source, notes, lowered, builder.Arguments, shape));
            return;
        }
        CudaGrid grid = LowerCudaRows.Run(kernel, values, null, null, builder);
        Program.Launched[kernel] = lowered;
        Launch(method, source, notes, lowered, builder, grid);
    }

    void Launch(CpuMethod method, string source, List<string> notes, CpuKernel lowered, CudaKernelBuilder builder,
        CudaGrid grid)
    {
        Program.Kernels.Add(lowered);
        Program.Threads[lowered] = grid.Threads;
        method.Statements.Add(new CudaLaunch(source, notes, lowered, builder.Arguments, grid));
    }

    /// <summary>The product into the memory of its tiles, then what is computed of it.</summary>
    void Product(Kernel kernel, List<Value> values, CpuMethod method, string source, List<string> notes,
        CpuKernel lowered)
    {
        Value product = values[0], tiles = LowerEpilogue.Tiles(kernel, values, Program.Plan);
        bool hasEpilogue = kernel.Outputs.Any(o => o != product);
        if (product.Op.Facet.HasEpilogue)
            method.Statements.Add(new Call(source, notes, OnDevice(product.Op.Facet.Call!(product,
                [.. product.Inputs.Select(Addresses.Of)], Addresses.Of(tiles)) + ")")));
        else
        {
            CudaMultiply multiply = LowerMatMul.ForCuda(values, tiles, Addresses, source, notes);
            if (biasGradients.TryGetValue(kernel, out Value? sum)) multiply = WithBiasGradient(multiply, sum);
            if (hasEpilogue && multiply.IsOneMatrix && MatchEpilogue.Of(kernel, values) is { } epilogue)
            {
                Program.Epilogues[kernel] = epilogue;
                method.Statements.Add(With(multiply, epilogue));
                return;
            }
            method.Statements.Add(multiply);
        }
        if (!hasEpilogue) return;
        List<Value> rest = [.. values.Skip(1)];
        CudaKernelBuilder builder = Builder(lowered, kernel, values);
        CudaGrid grid = LowerCudaRows.Run(kernel, rest, product, tiles, builder);
        Program.Launched[kernel] = lowered;
        Launch(method, source, [], lowered, builder, grid);
    }

    /// <summary>The product straight into the result, with what is computed on the way.</summary>
    CudaMultiply With(CudaMultiply multiply, ProductEpilogue epilogue)
    {
        MatrixOperand Of(Value value) => multiply.C with
        {
            Data = Addresses.Of(value), Pointer = LowerMatMul.PointerOf(value.Storage, PrecisionLevel.Float32),
        };
        return multiply with
        {
            C = Of(epilogue.Result), Bias = epilogue.Bias is { } bias ? Addresses.Of(bias) : "",
            Residual = epilogue.Residual is { } residual ? Of(residual) : null, Activation = epilogue.Activation,
            Before = epilogue.Before is { } before ? Of(before) : null,
        };
    }

    CudaMultiply WithBiasGradient(CudaMultiply multiply, Value sum)
    {
        Program.BiasGradients[sum.Kernel!] = sum;
        return multiply with
        {
            BiasGradient = Addresses.Of(sum), Notes = [.. multiply.Notes, .. KernelText.Of([sum], [sum], Addresses)],
        };
    }

    CudaKernelBuilder Builder(CpuKernel lowered, Kernel kernel, List<Value> values)
    {
        // The last block's threads count a little further than the elements.
        const int Beyond = 1 << 16;
        long largest = values.Concat(values.SelectMany(v => v.Inputs)).Max(v => v.Shape.Size.Maximum);
        return new(lowered, Addresses, Program.Graph.Dims, kernel.Outputs, largest > int.MaxValue - Beyond);
    }

    /// <summary>What a reader of the CUDA text wants to know first.</summary>
    List<string> Header(Kernel kernel, List<Value> values, string source, List<string> notes)
    {
        List<string> lines = [.. notes.Skip(1)];
        if (source.Length > 0) lines.Add("of " + source);
        bool isProduct = kernel.Kind == KernelKind.MatMul;       // which is another kernel, before this one
        List<Value> own = isProduct ? [.. values.Skip(1)] : values;
        long flops = own.Sum(Cost.Flops);
        long bytes = isProduct ? ReadLaunchCosts.BytesAfterProduct(kernel, values, Program.Plan)
            : Cost.Bytes(kernel, values);
        lines.Add($"At the largest dims: {Cost.Text(flops)}FLOP, {Cost.Text(bytes)}B, " +
            $"{CudaCost.Text(bytes)} on an H200.");
        return lines;
    }
}
