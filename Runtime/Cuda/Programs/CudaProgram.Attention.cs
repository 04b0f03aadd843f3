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
        // Without a result only the sums are asked for: it goes where nobody looks.
        long bytes = result.Data is null ? ResultBytes(shape, query) : 0;
        ulong work = Scratch(bytes);
        if (isMeasuring) return;
        CudaAttentionShape sizes = Sizes(shape, query.Type, extras);
        CudaAttentionOperand written = result.Data is null ? Dense(work, shape) : Operand(result);
        CudaAttention.Forward(Library, stream, sizes, Operand(query), Operand(key), Operand(value), written,
            (ulong)logSum, Options(extras));
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
        long results = ResultBytes(shape, query);
        ulong work = Scratch(results + CudaAttention.ScratchBytes(sizes));
        if (isMeasuring) return;
        CudaAttentionOperand result = Dense(work, shape);
        CudaAttention.Forward(Library, stream, sizes, Operand(query), Operand(key), Operand(value), result, 0,
            Options(extras));
        CudaAttention.Backward(Library, stream, sizes, Operand(query), Operand(key), Operand(value), result,
            (ulong)logSum, Operand(dResult), Operand(dQuery), Operand(dKey), Operand(dValue), work + (ulong)results,
            Options(extras), Operand(extras.BiasGradient));
    }

    static long ResultBytes(AttentionShape shape, MatrixView query) =>
        ((long)shape.Outer * shape.Inner * shape.Queries * shape.ValueWidth * query.Size + Alignment - 1)
            / Alignment * Alignment;

    static CudaAttentionOperand Dense(ulong address, AttentionShape shape) =>
        CudaAttentionOperand.Dense(address, shape.Inner, shape.Queries, shape.ValueWidth);

    static CudaAttentionShape Sizes(AttentionShape shape, MatrixType type, AttentionExtras extras) => new()
    {
        Type = TypeOf(type), Outer = shape.Outer, QueryHeads = shape.Inner,
        KeyHeads = shape.KeyHeads == 0 ? shape.Inner : shape.KeyHeads, Queries = shape.Queries, Keys = shape.Keys,
        HeadSize = shape.Width, ValueSize = shape.ValueWidth, Scale = shape.Scale, IsCausal = shape.IsCausal,
        Window = shape.Window, DropoutRate = extras.Dropout, Draw = extras.Draw,
        UsesTensorFloat32 = type == MatrixType.TensorFloat32,
    };

    CudaAttentionOptions Options(AttentionExtras extras) => new()
    {
        KeyLengths = (ulong)extras.KeyLengths, Documents = (ulong)extras.Documents, Bias = Operand(extras.Bias),
        BiasType = TypeOf(extras.Bias.Type), RandomKeys = extras.Dropout > 0 ? (ulong)RandomKeys : 0,
    };

    static CudaAttentionOperand Operand(MatrixView view) => view.Data is null ? default
        : new((ulong)view.Data, view.Outer, view.Inner, view.Row);
}
