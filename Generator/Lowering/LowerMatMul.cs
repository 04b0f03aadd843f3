using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ModelCompiler.Infrastructure;
using ModelCompiler.IR;
using ModelCompiler.Lowering.Cuda;
using ModelCompiler.Memory;

namespace ModelCompiler.Lowering;

/// <summary>
/// Lowers a matrix product to one GEMM call: batch axes that the strides allow become rows or one of its two batch
/// loops, transposes and permutations become strides, and the elementwise values of its kernel an epilogue on each
/// finished tile.
/// </summary>
sealed class LowerMatMul(Kernel kernel, List<Value> values, AddressText addresses, MemoryPlan plan)
{
    /// <summary>The same product on a device of CUDA, into the memory of a value.</summary>
    public static CudaMultiply ForCuda(List<Value> values, Value tiles, AddressText addresses, string source,
        IReadOnlyList<string> notes)
    {
        Operands o = Arrange(values[0], tiles, addresses);
        MatrixOperand c = o.C with { Pointer = PointerOf(tiles.Storage, PrecisionLevel.Float32) };
        return new CudaMultiply(source, [.. notes, .. Types(values[0])], o.Outer, o.Inner, o.M, o.N, o.K, o.A, o.B, c,
            o.ExtraLoops);
    }

    /// <summary>A product as two loops of batches over matrices.</summary>
    sealed record Operands(string Outer, string Inner, string M, string N, string K, MatrixOperand A, MatrixOperand B,
        MatrixOperand C, IReadOnlyList<string> ExtraLoops)
    {
        public Dim OuterOfC { get; init; }
        public Dim InnerOfC { get; init; }
        public Dim RowOfC { get; init; }
        public IReadOnlyList<Dim> ExtraOfC { get; init; } = [];
    }

    sealed record Axis(Dim Length, Dim A, Dim B, Dim C);

    /// <summary>The call; <paramref name="epilogue"/> is filled where the kernel has elementwise values.</summary>
    public Multiply Run(string source, IReadOnlyList<string> notes, KernelBuilder epilogue)
    {
        Value product = values[0];
        Value tiles = LowerEpilogue.Tiles(kernel, values, plan);
        Operands o = Arrange(product, tiles, addresses);
        // Sums are fp32: what is stored in fewer bits gets them from tiles that stay with their thread.
        bool isApart = tiles.Storage.IsLow();
        bool hasEpilogue = isApart || kernel.Outputs.Any(x => x != product);
        if (isApart) o = o with { C = o.C with { Data = "" } };
        if (hasEpilogue) LowerEpilogue.Run(kernel, values, tiles, epilogue, isApart ? Place(o, epilogue) : null);
        return new Multiply(source, [.. notes, .. Types(product)], o.Outer, o.Inner, o.M, o.N, o.K, o.A, o.B, o.C,
            hasEpilogue ? epilogue.Kernel : null, epilogue.Arguments, o.ExtraLoops);
    }

    /// <summary>What operands are read as, and sums kept in, where that is not fp32.</summary>
    static IEnumerable<string> Types(Value product)
    {
        bool isRounded = product.Precision == PrecisionLevel.TensorFloat32;
        string[] read = [.. product.Inputs.Select(i => isRounded ? "tf32" : i.Storage.Text()).Distinct()];
        if (read is not ["f32"]) yield return $"operands read as {string.Join(" and ", read)}, sums in f32";
    }

    /// <summary>Where a tile's row starts in the result.</summary>
    static string Place(Operands o, KernelBuilder epilogue) =>
        (o.ExtraOfC.Count == 0 ? "" : epilogue.Field("nint", "batchPlace", "where this batch starts in the result",
            string.Join(" + ", o.ExtraOfC.Select((c, i) => $"(nint)batch{i} * {AddressText.Product(c)}"))) + " + ")
        + string.Concat(new[] { (Index: "outer", Stride: o.OuterOfC), (Index: "inner", Stride: o.InnerOfC) }
            .Where(t => t.Stride != 0).Select(t => $"(nint){t.Index} * {epilogue.Length(t.Stride)} + "))
        + $"(nint)(row + r) * {epilogue.Length(o.RowOfC)} + column";

    static Operands Arrange(Value product, Value tiles, AddressText addresses)
    {
        Strided a = Strided.Of(product.Inputs[0])!, b = Strided.Of(product.Inputs[1])!, c = Strided.Of(product)!;
        Shape aShape = product.Inputs[0].Shape, bShape = product.Inputs[1].Shape, shape = product.Shape;
        int rank = shape.Rank;
        Dim[] aStrides = Strided.Broadcast(aShape, a.Strides, shape.With(-1, aShape[-1]));
        Dim[] bStrides = Strided.Broadcast(bShape, b.Strides, shape.With(-2, bShape[-2]));
        List<Axis> batch = [];
        for (int axis = 0; axis < rank - 2; axis++)
            if (shape[axis] != 1) batch.Add(new(shape[axis], aStrides[axis], bStrides[axis], c.Strides[axis]));
        Dim m = shape[-2];
        (Dim aRow, Dim cRow) = (aStrides[rank - 2], c.Strides[rank - 2]);
        Merge(batch);
        // A batch axis that b does not know is more rows.
        while (batch.Count > 0 && batch[batch.Count - 1] is var inner && inner.B == 0
               && (m == 1 || inner.A == aRow * m && inner.C == cRow * m))
        {
            if (m == 1) (aRow, cRow) = (inner.A, inner.C);
            m *= inner.Length;
            batch.RemoveAt(batch.Count - 1);
        }
        Axis outer = batch.Count > 1 ? batch[batch.Count - 2] : new(1, 0, 0, 0);
        Axis innermost = batch.Count > 0 ? batch[batch.Count - 1] : new(1, 0, 0, 0);
        List<Axis> extra = [.. batch.Take(System.Math.Max(0, batch.Count - 2))];
        string Extra(System.Func<Axis, Dim> stride) =>
            string.Concat(extra.Select((x, i) => $" + (nint)batch{i} * {AddressText.Product(stride(x))}"));

        var operandA = Operand(addresses.Of(product.Inputs[0]) + Extra(x => x.A), outer.A, innermost.A, aRow,
            aStrides[rank - 1]) with { Pointer = PointerOf(product, 0), Scale = Scale(0) };
        var operandB = Operand(addresses.Of(product.Inputs[1]) + Extra(x => x.B), outer.B, innermost.B,
            bStrides[rank - 2], bStrides[rank - 1]) with { Pointer = PointerOf(product, 1), Scale = Scale(1) };
        string Scale(int input) =>
            product.Inputs[input].Storage.Bytes() > 1 ? "" : addresses.ScaleOf(product.Inputs[input]);
        var operandC = Operand(addresses.Of(tiles) + Extra(x => x.C), outer.C, innermost.C, cRow, c.Strides[rank - 1]);
        return new(outer.Length.ToString(), innermost.Length.ToString(), m.ToString(), shape[-1].ToString(),
            aShape[-1].ToString(), operandA, operandB, operandC, [.. extra.Select(x => x.Length.ToString())])
        {
            OuterOfC = outer.C, InnerOfC = innermost.C, RowOfC = cRow, ExtraOfC = [.. extra.Select(x => x.C)],
        };
    }

    /// <summary>The field of a view that takes an operand's pointer: it says how elements are read.</summary>
    static string PointerOf(Value product, int input) =>
        PointerOf(product.Inputs[input].Storage, product.Precision);

    /// <summary>The field of a view that takes a pointer to such elements.</summary>
    public static string PointerOf(StorageType storage, PrecisionLevel precision) => storage switch
    {
        StorageType.BFloat16 => "BFloat16Data",
        StorageType.Float16 => "Float16Data",
        StorageType.Float8E4M3 => "Float8E4M3Data",
        StorageType.Float8E5M2 => "Float8E5M2Data",
        _ => precision == PrecisionLevel.TensorFloat32 ? "TensorFloat32Data" : "Data",
    };

    static void Merge(List<Axis> batch)
    {
        for (int i = batch.Count - 2; i >= 0; i--)
        {
            (Axis left, Axis right) = (batch[i], batch[i + 1]);
            if (left.A != right.A * right.Length || left.B != right.B * right.Length
                || left.C != right.C * right.Length) continue;
            batch[i] = right with { Length = left.Length * right.Length };
            batch.RemoveAt(i + 1);
        }
    }

    static MatrixOperand Operand(string data, Dim outer, Dim inner, Dim row, Dim column) =>
        new(data, outer.ToString(), inner.ToString(), row.ToString(),
            column.ToString());
}
