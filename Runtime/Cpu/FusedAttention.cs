using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ModelCompiler.Runtime.Cpu.Attentions;
using ModelCompiler.Runtime.Diagnostics;

namespace ModelCompiler.Runtime.Cpu;

/// <summary>
/// softmax(Q · Kᵀ · scale + bias) · V and its gradients, some rows of the scores at a time: the whole [T, S] never
/// exists, and what a mask hides is not computed: later places, those outside of a window, padding, other documents.
/// </summary>
/// <remarks>
/// Source: Dao, Fu, Ermon, Rudra and Ré, FlashAttention (2022), for scores that are computed again from the saved
/// log-sum-exp. Numerics: fp32; each row's largest score is subtracted; sums in one fixed order, so the same bits for
/// any number of threads. A value of NaN or ∞ reaches every place, hidden or not, as 0 · NaN; a query that sees no key
/// gives zeros. Memory: for each thread about (2 D + 2 V) · S + 96 S elements, kept; where heads of keys are fewer than
/// 16, the calling thread keeps (D + V) · S elements more for up to 16 of them.
/// </remarks>
public static unsafe class FusedAttention
{
    /// <summary>The result, the logarithm of each row's sum of exponentials, or both.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="query">[outer, inner, T, D]; any strides.</param>
    /// <param name="key">[outer, heads of keys, S, D]; any strides.</param>
    /// <param name="value">[outer, heads of keys, S, V]; any strides.</param>
    /// <param name="result">[outer, inner, T, V]; column stride 1; null data where it is not asked for.</param>
    /// <param name="logSum">[outer, inner, T]; null where it is not asked for.</param>
    /// <param name="extras">Lengths, documents, bias and dropout, where there are any.</param>
    /// <param name="name">What a profile calls it.</param>
    public static void Forward(WorkerPool pool, AttentionShape shape, MatrixView query, MatrixView key,
        MatrixView value, MatrixView result, float* logSum, AttentionExtras extras = default,
        [CallerArgumentExpression(nameof(result))] string name = "")
    {
        long start = KernelProfile.Start();
        Attend(pool, shape, query, key, value, result, logSum, extras);
        if (start != 0) KernelProfile.End(start, null, name, 2.0 * shape.Cost, shape.Bytes(isBackward: false));
    }

    static void Attend(WorkerPool pool, AttentionShape shape, MatrixView query, MatrixView key,
        MatrixView value, MatrixView result, float* logSum, in AttentionExtras extras)
    {
        if (shape.Heads == 0 || shape.Queries == 0) return;
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported)
            Share(pool, shape, new AttentionForward<Tile512>(shape, query, key, value, result, logSum, extras));
        else if (Vector256.IsHardwareAccelerated && Fma.IsSupported)
            Share(pool, shape, new AttentionForward<Tile256>(shape, query, key, value, result, logSum, extras));
        else Share(pool, shape, new AttentionForward<Tile128>(shape, query, key, value, result, logSum, extras));
    }

    static void Share<TTile>(WorkerPool pool, AttentionShape shape, AttentionForward<TTile> work)
        where TTile : struct, ITile
    {
        int threads = Gemm.Threads(pool, shape.Cost);
        // A head's blocks share packed keys, but few heads must not leave threads idle.
        int grain = GemmBlocking.IsBalanced(shape.Heads, threads) ? work.Items / shape.Heads : 1;
        Gemm.Share(pool, work, work.Items, grain, shape.Cost, threads);
    }

    /// <summary>The gradients of what is asked for.</summary>
    /// <param name="pool">Threads; each takes whole heads, or parts of them where there are few.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="query">[outer, inner, T, D]; any strides.</param>
    /// <param name="key">[outer, heads of keys, S, D]; any strides.</param>
    /// <param name="value">[outer, heads of keys, S, V]; any strides.</param>
    /// <param name="logSum">[outer, inner, T]; what Forward gave.</param>
    /// <param name="dResult">[outer, inner, T, V]; any strides.</param>
    /// <param name="dQuery">[outer, inner, T, D]; column stride 1; null data where it is not asked for.</param>
    /// <param name="dKey">[outer, heads of keys, S, D]; column stride 1; null data where it is not asked for.</param>
    /// <param name="dValue">[outer, heads of keys, S, V]; column stride 1; null data where it is not asked for.</param>
    /// <param name="extras">What Forward got, and where the gradient of the bias goes.</param>
    /// <param name="name">What a profile calls it.</param>
    public static void Backward(WorkerPool pool, AttentionShape shape, MatrixView query, MatrixView key,
        MatrixView value, float* logSum, MatrixView dResult, MatrixView dQuery, MatrixView dKey, MatrixView dValue,
        AttentionExtras extras = default, [CallerArgumentExpression(nameof(dQuery))] string name = "")
    {
        long start = KernelProfile.Start();
        var operands = new AttentionOperands
        {
            query = query, key = key, value = value, logSum = logSum, dResult = dResult,
            dQuery = dQuery, dKey = dKey, dValue = dValue, extras = extras,
        };
        Differentiate(pool, shape, operands);
        if (start != 0) KernelProfile.End(start, null, name, shape.BackwardFlops, shape.Bytes(isBackward: true));
    }

    static void Differentiate(WorkerPool pool, AttentionShape shape, in AttentionOperands operands)
    {
        if (shape.Heads == 0) return;
        if (Vector512.IsHardwareAccelerated && Avx512F.IsSupported) Differentiate<Tile512>(pool, shape, operands);
        else if (Vector256.IsHardwareAccelerated && Fma.IsSupported) Differentiate<Tile256>(pool, shape, operands);
        else Differentiate<Tile128>(pool, shape, operands);
    }

    static void Differentiate<TTile>(WorkerPool pool, AttentionShape shape, in AttentionOperands operands)
        where TTile : struct, ITile
    {
        int threads = Gemm.Threads(pool, shape.Cost);
        if (operands.dQuery.Data != null || operands.dKey.Data != null || operands.dValue.Data != null)
        {
            var work = new AttentionBackward<TTile>(shape, operands, PackingBuffers.OfThread.Attention);
            Gemm.Share(pool, work, work.Items, 1, shape.Cost, threads);
            if (work.Parts > 1) Gemm.Share(pool, work.Sums, work.Sums.Items, 1, shape.Cost, threads);
        }
        if (operands.extras.BiasGradient.Data == null) return;
        var bias = new AttentionBiasGradient<TTile>(shape, operands);
        Gemm.Share(pool, bias, bias.Items, 1, shape.Cost, threads);
    }
}
