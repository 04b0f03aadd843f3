using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.Runtime.Cuda;

namespace ModelCompiler.Tests.Cuda.Simulated;

/// <summary>What the device makes of a problem, forward and backward.</summary>
/// <param name="Results">Result, log-sum-exps, dq, dk, dv and, where there is a bias, dBias; by [outer, heads, rows, columns].</param>
sealed record AttentionRun(float[][] Results)
{
    public static readonly string[] Names = ["result", "log sums", "dq", "dk", "dv", "dBias"];

    /// <param name="isInterleaved">Whether operands lie as [outer, rows, heads, columns], as a projection leaves them, and not head by head.</param>
    public static AttentionRun Of(AttentionProblem problem, KernelLibrary kernels, CudaStream stream, bool isInterleaved = false)
    {
        CudaAttentionShape s = problem.Shape;
        List<IDisposable> memory = [];
        try
        {
            CudaAttentionOperand q = Operand(problem.Q, s.QueryHeads, s.Queries, s.HeadSize), k = Operand(problem.K, s.KeyHeads, s.Keys, s.HeadSize),
                v = Operand(problem.V, s.KeyHeads, s.Keys, s.ValueSize), dResult = Operand(problem.DResult, s.QueryHeads, s.Queries, s.ValueSize),
                result = Operand(null, s.QueryHeads, s.Queries, s.ValueSize), dq = Operand(null, s.QueryHeads, s.Queries, s.HeadSize),
                dk = Operand(null, s.KeyHeads, s.Keys, s.HeadSize), dv = Operand(null, s.KeyHeads, s.Keys, s.ValueSize);
            ulong logSums = Allocate(problem.LogSums.Length * 4L), scratch = Allocate(CudaAttention.ScratchBytes(s));
            var bias = default(CudaAttentionOperand);
            var dBias = default(CudaAttentionOperand);
            if (problem.Bias is not null)
            {
                long outerStride = problem.BiasOuters == 1 ? 0 : (long)problem.BiasHeads * s.Queries * s.Keys, headStride = problem.BiasHeads == 1 ? 0 : (long)s.Queries * s.Keys;
                bias = new(Upload(Bytes(problem.BiasType, problem.Bias)), outerStride, headStride, s.Keys);
                dBias = bias with { Address = Allocate(problem.Bias.Length * 4L) };
            }
            var options = new CudaAttentionOptions
            {
                KeyLengths = problem.Lengths is null ? 0 : Upload(Bytes(problem.Lengths)), Documents = problem.Documents is null ? 0 : Upload(Bytes(problem.Documents)),
                RandomKeys = s.DropoutRate == 0 ? 0 : Upload(Bytes([unchecked((int)AttentionProblem.Key0), unchecked((int)AttentionProblem.Key1)])),
                Bias = bias, BiasType = problem.BiasType,
            };
            CudaAttention.Forward(kernels, stream, s, q, k, v, result, logSums, options);
            CudaAttention.Backward(kernels, stream, s, q, k, v, result, logSums, dResult, dq, dk, dv, scratch, options, dBias);
            List<float[]> results = [Read(result, s.QueryHeads, s.Queries, s.ValueSize), Floats(Download(logSums, problem.LogSums.Length * 4)),
                Read(dq, s.QueryHeads, s.Queries, s.HeadSize), Read(dk, s.KeyHeads, s.Keys, s.HeadSize), Read(dv, s.KeyHeads, s.Keys, s.ValueSize)];
            if (problem.Bias is not null) results.Add(Floats(Download(dBias.Address, problem.Bias.Length * 4)));
            return new([.. results]);
        }
        finally
        {
            stream.Synchronize();
            foreach (IDisposable part in memory) part.Dispose();
        }

        CudaAttentionOperand Operand(double[]? values, int heads, int rows, int columns)
        {
            ulong address = values is null ? Allocate((long)s.Outer * heads * rows * columns * s.ElementBytes) : Upload(Bytes(s.Type, Layout(values, heads, rows, columns, back: false)));
            return isInterleaved ? new(address, (long)heads * rows * columns, columns, (long)heads * columns) : CudaAttentionOperand.Dense(address, heads, rows, columns);
        }

        float[] Read(CudaAttentionOperand operand, int heads, int rows, int columns)
        {
            byte[] bytes = Download(operand.Address, s.Outer * heads * rows * columns * s.ElementBytes);
            double[] values = s.Type switch
            {
                CudaDataType.Float32 => Array.ConvertAll(Floats(bytes), x => (double)x),
                CudaDataType.BFloat16 => Array.ConvertAll(Shorts(bytes), x => (double)BFloat16.To(x)),
                _ => Array.ConvertAll(Shorts(bytes), x => (double)BitConverter.UInt16BitsToHalf(x)),
            };
            return Array.ConvertAll(Layout(values, heads, rows, columns, back: true), x => (float)x);
        }

        double[] Layout(double[] values, int heads, int rows, int columns, bool back)
        {
            if (!isInterleaved) return values;
            var moved = new double[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                int column = i % columns, row = i / columns % rows, head = i / columns / rows % heads, outer = i / columns / rows / heads;
                int other = ((outer * rows + row) * heads + head) * columns + column;
                if (back) moved[i] = values[other];
                else moved[other] = values[i];
            }
            return moved;
        }

        ulong Allocate(long bytes)
        {
            var variable = new CudaDeviceVariable<byte>(stream.Context, bytes);
            memory.Add(variable);
            return variable.DevicePointer;
        }

        ulong Upload(byte[] bytes)
        {
            ulong address = Allocate(bytes.Length);
            ((CudaDeviceVariable<byte>)memory[^1]).CopyToDevice(bytes, stream);
            return address;
        }

        byte[] Download(ulong address, int count)
        {
            var bytes = new byte[count];
            memory.OfType<CudaDeviceVariable<byte>>().Single(m => m.DevicePointer == address).CopyToHost(bytes, stream);
            return bytes;
        }
    }

    /// <summary>The largest error of each result, in its largest value.</summary>
    public double[] Errors(AttentionProblem problem)
    {
        double[][] expected = [problem.Result, problem.LogSums, problem.Dq, problem.Dk, problem.Dv, problem.DBias];
        return [.. Results.Select((actual, i) => Error(expected[i], actual))];
    }

    static double Error(double[] expected, float[] actual)
    {
        double scale = 1e-30, most = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(expected[i] - actual[i]);
            // A row that sees nothing has the lowest number, exactly.
            if (expected[i] == -float.MaxValue && difference == 0) continue;
            scale = Math.Max(scale, Math.Abs(expected[i]));
            most = Math.Max(most, double.IsNaN(difference) ? double.PositiveInfinity : difference);
        }
        return most / scale;
    }

    static byte[] Bytes(CudaDataType type, double[] values) => type switch
    {
        CudaDataType.Float32 => [.. values.SelectMany(v => BitConverter.GetBytes((float)v))],
        CudaDataType.BFloat16 => [.. values.SelectMany(v => BitConverter.GetBytes(BFloat16.From(v)))],
        _ => [.. values.SelectMany(v => BitConverter.GetBytes((Half)v))],
    };

    static byte[] Bytes(int[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    static float[] Floats(byte[] bytes) => [.. bytes.Chunk(4).Select(b => BitConverter.ToSingle(b))];

    static ushort[] Shorts(byte[] bytes) => [.. bytes.Chunk(2).Select(b => BitConverter.ToUInt16(b))];
}
