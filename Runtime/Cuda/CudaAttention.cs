using System;
using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Fused attention on the device: scores are never stored.</summary>
/// <remarks>
/// <para><b>Source</b>: Dao, FlashAttention-2: Faster Attention with Better Parallelism and Work Partitioning (2023).
/// </para>
/// <para><b>Numerics</b>: softmax by running maxima in fp32; sums of products are fp32. Probabilities and the gradients
/// of scores are rounded to the element type before they are multiplied. Equal inputs give equal bits: nothing is added
/// in an order of chance.</para>
/// <para><b>Error</b>: of the largest value of the result, and of each gradient: fp32 2e-6 and 4e-6, fp32 by tf32
/// 1.5e-3, f16 1.5e-3, bf16 8e-3.</para>
/// <para><b>Memory</b>: the log-sum-exp of every row, fp32, is saved for the backward pass. Launches allocate nothing.
/// </para>
/// <para><b>Errors</b>: <see cref="ArgumentException"/> where sizes do not belong together. Addresses and strides are
/// not checked. A query that sees no key gives zeros, and its log-sum-exp is the lowest number of fp32.</para>
/// </remarks>
/// <example><code>
/// CudaAttention.Forward(kernels, stream, shape, q, k, v, result, logSums);
/// CudaAttention.Backward(kernels, stream, shape, q, k, v, result, logSums, dResult, dq, dk, dv, scratch);
/// </code></example>
public static class CudaAttention
{
    /// <summary>Computes the result.</summary>
    /// <param name="kernels">Where kernels are kept.</param>
    /// <param name="stream">Where they are put.</param>
    /// <param name="shape">Sizes and kind.</param>
    /// <param name="q">[outer, query heads, queries, head size].</param>
    /// <param name="k">[outer, key heads, keys, head size].</param>
    /// <param name="v">[outer, key heads, keys, value size].</param>
    /// <param name="result">[outer, query heads, queries, value size]: written.</param>
    /// <param name="logSums">[outer, query heads, queries] fp32, written: the log-sum-exp of every row's scores; 0
    /// where no backward pass follows.</param>
    /// <param name="options">Masks, bias, dropout's keys.</param>
    /// <exception cref="ArgumentException">Sizes do not belong together.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public static void Forward(KernelLibrary kernels, CudaStream stream, in CudaAttentionShape shape,
        in CudaAttentionOperand q, in CudaAttentionOperand k, in CudaAttentionOperand v,
        in CudaAttentionOperand result, ulong logSums, in CudaAttentionOptions options = default)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        shape.Check(options);
        var arguments = new Arguments(shape, options)
        {
            Q = q, K = k, V = v, Result = result, LogSums = logSums,
        };
        var tiles = CudaAttentionTiles.Of(shape, options.Bias.Address != 0);
        string file = shape.IsOnTensorCores ? "attention_forward" : "attention_forward_float";
        Launch(kernels, stream, shape, options, file, "attention_forward", arguments,
            Blocks(shape.Outer, shape.QueryHeads, shape.Queries, tiles.ForwardRows), tiles.ForwardThreads,
            tiles.ForwardSharedBytes);
    }

    /// <summary>Bytes of scratch memory that <see cref="Backward"/> needs: a number of every row.</summary>
    /// <param name="shape">Sizes and kind.</param>
    public static long ScratchBytes(in CudaAttentionShape shape) =>
        (long)shape.Outer * shape.QueryHeads * shape.Queries * sizeof(float);

    /// <summary>Computes the gradients that have an address.</summary>
    /// <param name="kernels">Where kernels are kept.</param>
    /// <param name="stream">Where they are put.</param>
    /// <param name="shape">As forward.</param>
    /// <param name="q">As forward.</param>
    /// <param name="k">As forward.</param>
    /// <param name="v">As forward.</param>
    /// <param name="result">Of the forward pass.</param>
    /// <param name="logSums">Of the forward pass.</param>
    /// <param name="dResult">As the result: what arrives.</param>
    /// <param name="dq">As q: written.</param>
    /// <param name="dk">As k: written. dq, dk and dv may be parts of one array.</param>
    /// <param name="dv">As v: written.</param>
    /// <param name="scratch">So many bytes as <see cref="ScratchBytes"/> says, a multiple of 4.</param>
    /// <param name="options">As forward.</param>
    /// <param name="dBias">[outer or 1, query heads or 1, queries, keys] fp32, written: a stride of 0 where the
    /// gradient is the sum over that axis.</param>
    /// <exception cref="ArgumentException">Sizes do not belong together.</exception>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public static void Backward(KernelLibrary kernels, CudaStream stream, in CudaAttentionShape shape,
        in CudaAttentionOperand q, in CudaAttentionOperand k, in CudaAttentionOperand v,
        in CudaAttentionOperand result, ulong logSums, in CudaAttentionOperand dResult,
        in CudaAttentionOperand dq, in CudaAttentionOperand dk, in CudaAttentionOperand dv, ulong scratch,
        in CudaAttentionOptions options = default, in CudaAttentionOperand dBias = default)
    {
        ArgumentNullException.ThrowIfNull(kernels);
        shape.Check(options);
        if (dBias.Address != 0 && options.Bias.Address == 0)
            throw new ArgumentException("There is no bias that could have a gradient.");
        var arguments = new Arguments(shape, options)
        {
            Q = q, K = k, V = v, Result = result, LogSums = logSums, DResult = dResult, Dq = dq, Dk = dk, Dv = dv,
            DBias = dBias, Delta = scratch,
            BiasOuters = dBias.OuterStride == 0 ? 1 : shape.Outer,
            BiasHeads = dBias.HeadStride == 0 ? 1 : shape.QueryHeads,
        };
        var tiles = CudaAttentionTiles.Of(shape, options.Bias.Address != 0);
        string file = shape.IsOnTensorCores ? "attention_backward" : "attention_backward_float";
        Launch(kernels, stream, shape, options, "attention_delta", "attention_delta", arguments,
            Blocks(shape.Outer, shape.QueryHeads, shape.Queries, 1, tiles.DeltaRows), 128, 0);
        if (dk.Address != 0 || dv.Address != 0)
        {
            Launch(kernels, stream, shape, options, file, "attention_backward_keys", arguments,
                checked(Blocks(shape.Outer, shape.KeyHeads, shape.Keys, tiles.BackwardRows) * tiles.Chunks),
                tiles.BackwardThreads, tiles.KeysSharedBytes);
        }
        if (dq.Address != 0)
        {
            Launch(kernels, stream, shape, options, file, "attention_backward_queries", arguments,
                Blocks(shape.Outer, shape.QueryHeads, shape.Queries, tiles.BackwardRows), tiles.BackwardThreads,
                tiles.QueriesSharedBytes);
        }
        if (dBias.Address != 0)
        {
            int keyTiles = (shape.Keys + tiles.BackwardStep - 1) / tiles.BackwardStep;
            Launch(kernels, stream, shape, options, file, "attention_backward_bias", arguments,
                checked(Blocks(arguments.BiasOuters, arguments.BiasHeads, shape.Queries, tiles.BackwardRows) *
                    keyTiles), tiles.BackwardThreads, tiles.BiasSharedBytes);
        }
    }

    /// <summary>A block for so many rows of every head, or, shared out regardless of heads, of all.</summary>
    static int Blocks(int outer, int heads, int rows, int rowsOfHead, int rowsOfAll = 1)
    {
        long of = (long)outer * heads * ((rows + (long)rowsOfHead - 1) / rowsOfHead);
        return checked((int)((of + rowsOfAll - 1) / rowsOfAll));
    }

    static void Launch(KernelLibrary kernels, CudaStream stream, in CudaAttentionShape shape,
        in CudaAttentionOptions options, string file, string kernel, in Arguments arguments, int blocks, int threads,
        int sharedBytes)
    {
        int bias = options.Bias.Address == 0 ? 0 : options.BiasType == CudaDataType.Float32 ? 1 : 2;
        CudaKernel found = kernels.Get(file, kernel, sharedBytes,
            CudaDefines.Element(shape.Type), Define.Head(shape.HeadSize), Define.Value(shape.ValueSize),
            shape.IsCausal ? "CAUSAL=1" : "CAUSAL=0",
            arguments.Window > 0 ? "WINDOW=1" : "WINDOW=0",
            options.KeyLengths != 0 ? "LENGTHS=1" : "LENGTHS=0",
            options.Documents != 0 ? "DOCUMENTS=1" : "DOCUMENTS=0",
            bias == 0 ? "BIAS=0" : bias == 1 ? "BIAS=1" : "BIAS=2",
            shape.DropoutRate > 0 ? "DROPOUT=1" : "DROPOUT=0",
            arguments.HasVectors(shape) ? "VECTORS=1" : "VECTORS=0");
        found.Launch(stream, CudaLaunchShape.Of(blocks, threads, sharedBytes), arguments);
    }

    /// <summary>Texts that are made once, so that a launch makes none.</summary>
    static class Define
    {
        static readonly string[] heads = Make("HEAD"), values = Make("VALUE");

        public static string Head(int size) => heads[size];

        public static string Value(int size) => values[size];

        static string[] Make(string name)
        {
            var texts = new string[257];
            for (int i = 0; i < texts.Length; i++) texts[i] = FormattableString.Invariant($"{name}={i}");
            return texts;
        }
    }

    /// <summary>The struct Attention of attention.cuh.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct Arguments
    {
        public CudaAttentionOperand Q, K, V, Result, DResult, Dq, Dk, Dv, Bias, DBias;
        public ulong LogSums, Delta, Lengths, Documents, RandomKeys;
        public float Scale, KeptScale;
        public uint Threshold, Draw;
        public int Outer, QueryHeads, KeyHeads, Queries, Keys, Window, BiasOuters, BiasHeads;

        public Arguments(in CudaAttentionShape shape, in CudaAttentionOptions options)
        {
            (Bias, Lengths, Documents) = (options.Bias, options.KeyLengths, options.Documents);
            RandomKeys = options.RandomKeys;
            (Scale, KeptScale) = (shape.Scale, 1 / (1 - shape.DropoutRate));
            (Threshold, Draw) = (shape.DropoutThreshold, (uint)shape.Draw);
            (Outer, QueryHeads, KeyHeads) = (shape.Outer, shape.QueryHeads, shape.KeyHeads);
            (Queries, Keys) = (shape.Queries, shape.Keys);
            // A window that reaches over everything is none, and sums with one that does not stay below 2^31.
            Window = shape.Window < Math.Max(shape.Queries, shape.Keys) ? shape.Window : 0;
        }

        /// <summary>Operands without an address have strides 0.</summary>
        public readonly bool HasVectors(in CudaAttentionShape shape)
        {
            int bytes = shape.ElementBytes;
            return shape.HeadSize % 8 == 0 && shape.ValueSize % 8 == 0 && Q.IsAligned(bytes) && K.IsAligned(bytes) &&
                V.IsAligned(bytes) && Result.IsAligned(bytes) && DResult.IsAligned(bytes) && Dq.IsAligned(bytes) &&
                Dk.IsAligned(bytes) && Dv.IsAligned(bytes);
        }
    }
}
