using System;
using System.Linq;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>Inputs of an attention, and what comes out of it in double. Arrays are [outer, heads, rows, columns].</summary>
sealed class AttentionProblem
{
    public const uint Key0 = 0x12345678, Key1 = 0x9ABCDEF0;

    public AttentionProblem(CudaAttentionShape shape, bool hasLengths = false, bool hasDocuments = false, bool hasBias = false, bool repeatsOuter = false,
        bool repeatsHeads = false, bool biasIsElement = false, int seed = 1)
    {
        Shape = shape;
        var random = new Random(seed);
        Q = Draw(shape.Outer * shape.QueryHeads * shape.Queries * shape.HeadSize);
        K = Draw(shape.Outer * shape.KeyHeads * shape.Keys * shape.HeadSize);
        V = Draw(shape.Outer * shape.KeyHeads * shape.Keys * shape.ValueSize);
        DResult = Draw(shape.Outer * shape.QueryHeads * shape.Queries * shape.ValueSize);
        // The last of the batch sees everything, the first nothing.
        if (hasLengths) Lengths = [.. Enumerable.Range(0, shape.Outer).Select(o => o == 0 && shape.Outer > 2 ? 0 : shape.Keys * (o + 1) / shape.Outer)];
        if (hasDocuments)
        {
            Documents = new int[shape.Outer * shape.Queries];
            for (int i = 0, document = 0; i < Documents.Length; i++) Documents[i] = document += random.Next(30) == 0 || i % shape.Queries == 0 ? 1 + random.Next(2) : 0;
        }
        BiasOuters = repeatsOuter ? 1 : shape.Outer;
        BiasHeads = repeatsHeads ? 1 : shape.QueryHeads;
        BiasType = biasIsElement ? shape.Type : CudaDataType.Float32;
        if (hasBias) Bias = [.. Draw(BiasOuters * BiasHeads * shape.Queries * shape.Keys).Select(v => biasIsElement ? v : (double)(float)(2 * v))];
        (Result, LogSums) = (new double[DResult.Length], new double[shape.Outer * shape.QueryHeads * shape.Queries]);
        (Dq, Dk, Dv, DBias) = (new double[Q.Length], new double[K.Length], new double[V.Length], new double[Bias?.Length ?? 0]);
        for (int row = 0; row < LogSums.Length; row++) Row(row);

        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => Rounded(shape.Type, 2 * random.NextDouble() - 1))];
    }

    public CudaAttentionShape Shape { get; }

    public double[] Q { get; }

    public double[] K { get; }

    public double[] V { get; }

    public double[] DResult { get; }

    public int[]? Lengths { get; }

    public int[]? Documents { get; }

    public double[]? Bias { get; }

    public int BiasOuters { get; }

    public int BiasHeads { get; }

    public CudaDataType BiasType { get; }

    public double[] Result { get; }

    public double[] LogSums { get; }

    public double[] Dq { get; }

    public double[] Dk { get; }

    public double[] Dv { get; }

    public double[] DBias { get; }

    /// <summary>As an element type holds it.</summary>
    public static double Rounded(CudaDataType type, double value) => type switch
    {
        CudaDataType.BFloat16 => BFloat16.To(BFloat16.From(value)),
        CudaDataType.Float16 => (double)(Half)value,
        _ => (float)value,
    };

    /// <summary>A row of scores by the definition, forward and backward.</summary>
    void Row(int row)
    {
        CudaAttentionShape s = Shape;
        int t = row % s.Queries, head = row / s.Queries % s.QueryHeads, outer = row / s.Queries / s.QueryHeads, kept = 0;
        int keys = (outer * s.KeyHeads + head / (s.QueryHeads / s.KeyHeads)) * s.Keys;
        int bias = (((BiasOuters == 1 ? 0 : outer) * BiasHeads + (BiasHeads == 1 ? 0 : head)) * s.Queries + t) * s.Keys;
        double[] p = new double[s.Keys], factors = new double[s.Keys];
        double most = double.NegativeInfinity, sum = 0, delta = 0;
        for (int j = 0; j < s.Keys; j++)
        {
            p[j] = double.NegativeInfinity;
            bool sees = (!s.IsCausal || j <= t) && (s.Window <= 0 || Math.Abs(t - j) < s.Window) && (Lengths is null || j < Lengths[outer])
                && (Documents is null || Documents[outer * s.Queries + t] == Documents[outer * s.Queries + j]);
            if (!sees) continue;
            kept++;
            double score = 0;
            for (int c = 0; c < s.HeadSize; c++) score += Q[row * s.HeadSize + c] * K[(keys + j) * s.HeadSize + c];
            p[j] = score * s.Scale + (Bias is null ? 0 : Bias[bias + j]);
            most = Math.Max(most, p[j]);
            factors[j] = s.DropoutRate == 0 ? 1 : Randomness.Uniform((uint)(row * s.Keys + j), Key0, Key1, (uint)s.Draw) >= s.DropoutRate ? 1 / (1 - (double)s.DropoutRate) : 0;
        }
        if (kept == 0)
        {
            LogSums[row] = -float.MaxValue;
            return;
        }
        foreach (double score in p) sum += Math.Exp(score - most);
        LogSums[row] = most + Math.Log(sum);
        for (int j = 0; j < s.Keys; j++)
        {
            p[j] = Math.Exp(p[j] - LogSums[row]);
            for (int c = 0; c < s.ValueSize; c++) Result[row * s.ValueSize + c] += p[j] * factors[j] * V[(keys + j) * s.ValueSize + c];
        }
        for (int c = 0; c < s.ValueSize; c++) delta += Result[row * s.ValueSize + c] * DResult[row * s.ValueSize + c];
        for (int j = 0; j < s.Keys; j++)
        {
            double dp = 0;
            for (int c = 0; c < s.ValueSize; c++)
            {
                dp += DResult[row * s.ValueSize + c] * V[(keys + j) * s.ValueSize + c];
                Dv[(keys + j) * s.ValueSize + c] += p[j] * factors[j] * DResult[row * s.ValueSize + c];
            }
            double ds = p[j] * (factors[j] * dp - delta);
            if (Bias is not null) DBias[bias + j] += ds;
            for (int c = 0; c < s.HeadSize; c++)
            {
                Dq[row * s.HeadSize + c] += s.Scale * ds * K[(keys + j) * s.HeadSize + c];
                Dk[(keys + j) * s.HeadSize + c] += s.Scale * ds * Q[row * s.HeadSize + c];
            }
        }
    }
}
