using System;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <content>Fused attention.</content>
public abstract unsafe partial class CudaProgram
{
    /// <summary>softmax(scale · Q · Kᵀ) · V, and the logarithm of each row's sum.</summary>
    /// <param name="shape">Sizes, and who sees whom.</param>
    /// <param name="query">[outer, inner, queries, width].</param>
    /// <param name="key">[outer, key heads, keys, width].</param>
    /// <param name="value">[outer, key heads, keys, value width].</param>
    /// <param name="result">[outer, inner, queries, value width].</param>
    /// <param name="logSum">[outer, inner, queries]; null where nobody asks.</param>
    /// <param name="extras">Lengths, documents, bias and dropout.</param>
    protected void FusedAttentionForward(AttentionShape shape, MatrixView query, MatrixView key, MatrixView value,
        MatrixView result, float* logSum, AttentionExtras extras = default)
    {
        CudaAttentionShape sizes = Sizes(shape, query.Type, extras);
        (int heads, int keyHeads, int width) = (sizes.QueryHeads, sizes.KeyHeads, sizes.ValueSize);
        var copies = new DenseCopies(this);
        DenseCopy q = copies.Of(query, sizes.Outer, heads, sizes.Queries, sizes.HeadSize);
        DenseCopy k = copies.Of(key, sizes.Outer, keyHeads, sizes.Keys, sizes.HeadSize);
        DenseCopy v = copies.Of(value, sizes.Outer, keyHeads, sizes.Keys, width);
        DenseCopy bias = copies.OfBias(extras.Bias, sizes);
        // Without a result only the sums are asked for: it goes where nobody looks.
        DenseCopy o = result.Data is null ? copies.Room(query.Type, sizes.Outer, heads, sizes.Queries, width)
            : copies.Of(result, sizes.Outer, heads, sizes.Queries, width);
        copies.Place(Scratch(copies.Bytes));
        if (isMeasuring) return;
        CudaAttention.Forward(Library, stream, sizes, copies.Read(q), copies.Read(k), copies.Read(v),
            copies.Operand(o), (ulong)logSum, Options(extras, copies.ReadBias(bias)));
        copies.Write(o);
    }

    /// <summary>The gradients of <see cref="FusedAttentionForward"/> that are asked for.</summary>
    /// <param name="shape">As forward.</param>
    /// <param name="query">As forward.</param>
    /// <param name="key">As forward.</param>
    /// <param name="value">As forward.</param>
    /// <param name="logSum">As forward computed it.</param>
    /// <param name="dResult">As the result.</param>
    /// <param name="dQuery">As the query; default where nobody asks.</param>
    /// <param name="dKey">As the key.</param>
    /// <param name="dValue">As the value.</param>
    /// <param name="extras">As forward.</param>
    protected void FusedAttentionBackward(AttentionShape shape, MatrixView query, MatrixView key, MatrixView value,
        float* logSum, MatrixView dResult, MatrixView dQuery, MatrixView dKey, MatrixView dValue,
        AttentionExtras extras = default)
    {
        CudaAttentionShape sizes = Sizes(shape, query.Type, extras);
        (int heads, int keyHeads, int width) = (sizes.QueryHeads, sizes.KeyHeads, sizes.ValueSize);
        long own = (CudaAttention.ScratchBytes(sizes) + Alignment - 1) / Alignment * Alignment;
        var copies = new DenseCopies(this);
        DenseCopy q = copies.Of(query, sizes.Outer, heads, sizes.Queries, sizes.HeadSize);
        DenseCopy k = copies.Of(key, sizes.Outer, keyHeads, sizes.Keys, sizes.HeadSize);
        DenseCopy v = copies.Of(value, sizes.Outer, keyHeads, sizes.Keys, width);
        DenseCopy o = copies.Of(extras.Result, sizes.Outer, heads, sizes.Queries, width);
        DenseCopy gradient = copies.Of(dResult, sizes.Outer, heads, sizes.Queries, width);
        DenseCopy dq = copies.Of(dQuery, sizes.Outer, heads, sizes.Queries, sizes.HeadSize);
        DenseCopy dk = copies.Of(dKey, sizes.Outer, keyHeads, sizes.Keys, sizes.HeadSize);
        DenseCopy dv = copies.Of(dValue, sizes.Outer, keyHeads, sizes.Keys, width);
        DenseCopy bias = copies.OfBias(extras.Bias, sizes);
        ulong work = Scratch(own + copies.Bytes);
        copies.Place(work + (ulong)own);
        if (isMeasuring) return;
        CudaAttention.Backward(Library, stream, sizes, copies.Read(q), copies.Read(k), copies.Read(v), copies.Read(o),
            (ulong)logSum, copies.Read(gradient), copies.Operand(dq), copies.Operand(dk), copies.Operand(dv),
            work, Options(extras, copies.ReadBias(bias)), Operand(extras.BiasGradient));
        copies.Write(dq);
        copies.Write(dk);
        copies.Write(dv);
    }

    static CudaAttentionShape Sizes(AttentionShape shape, MatrixType type, AttentionExtras extras) => new()
    {
        Type = TypeOf(type), Outer = shape.Outer, QueryHeads = shape.Inner,
        KeyHeads = shape.KeyHeads == 0 ? shape.Inner : shape.KeyHeads, Queries = shape.Queries, Keys = shape.Keys,
        HeadSize = shape.Width, ValueSize = shape.ValueWidth, Scale = shape.Scale, IsCausal = shape.IsCausal,
        Window = shape.Window, DropoutRate = extras.Dropout, Draw = extras.Draw,
        UsesTensorFloat32 = type == MatrixType.TensorFloat32,
    };

    CudaAttentionOptions Options(AttentionExtras extras, CudaAttentionOperand bias) => new()
    {
        KeyLengths = (ulong)extras.KeyLengths, Documents = (ulong)extras.Documents, Bias = bias,
        BiasType = TypeOf(extras.Bias.Type), RandomKeys = extras.Dropout > 0 ? (ulong)RandomKeys : 0,
    };

    static CudaAttentionOperand Operand(MatrixView view) => view.Data is null ? default
        : new((ulong)view.Data, view.Outer, view.Inner, view.Row);
}
