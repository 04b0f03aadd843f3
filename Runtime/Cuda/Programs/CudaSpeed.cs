using System;
using ModelCompiler.Runtime.Diagnostics;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <summary>What a device can do at most: a product of bf16 and a copy, each larger until it takes long enough to be
/// measured.</summary>
static unsafe class CudaSpeed
{
    const long Smallest = 1 << 20, Largest = 256 << 20, WorkspaceBytes = 32 << 20;
    const int SmallestSide = 128, LargestSide = 8192, Runs = 4;
    const double LongCopy = 1e-4, LongProduct = 1e-3;   // seconds: beyond them nothing gets faster by more

    public static MachineSpeed Measure(CudaMachine machine)
    {
        using var stream = new CudaStream(machine.Context);
        using CudaBlasLt products = machine.CreateBlasLt();
        return new(Products(machine.Context, stream, products) * 1e-9, Copies(machine.Context, stream) * 1e-9);
    }

    /// <summary>Bytes a second, read and written.</summary>
    static double Copies(CudaContext context, CudaStream stream)
    {
        const int Growth = 4;
        double best = 0;
        for (long bytes = Smallest; bytes <= Largest; bytes *= Growth)
        {
            using CudaDeviceVariable<byte> from = new(context, bytes, "a copy"), to = new(context, bytes, "a copy");
            from.Clear(stream);
            (ulong target, ulong source) = (to.DevicePointer, from.DevicePointer);
            double time = Time(context, stream, () => stream.Copy(target, source, bytes));
            best = 2 * bytes / time;
            if (time >= LongCopy) break;
        }
        return best;
    }

    /// <summary>Operations a second.</summary>
    static double Products(CudaContext context, CudaStream stream, CudaBlasLt products)
    {
        using var workspace = new CudaDeviceVariable<byte>(context, WorkspaceBytes, "a product");
        double best = 0;
        for (int side = SmallestSide; side <= LargestSide; side *= 2)
        {
            long bytes = 2L * side * side;
            using CudaDeviceVariable<byte> a = new(context, bytes, "a product"), b = new(context, bytes, "a product");
            using CudaDeviceVariable<byte> c = new(context, bytes, "a product");
            Draw(a, stream);
            Draw(b, stream);
            CudaBlasLtLayout square = new(CudaDataType.BFloat16, side, side, side);
            using var matmul = new CudaBlasLtMatmul($"[{side}, {side}] x [{side}, {side}]",
                CudaBlasComputeType.Float32, CudaDataType.Float32, square, square, square, square)
            {
                MaxWorkspaceBytes = WorkspaceBytes,
            };
            CudaBlasLtAlgorithm algorithm = default;
            if (products.GetHeuristics(matmul, new Span<CudaBlasLtAlgorithm>(ref algorithm)) == 0) break;
            double time = Time(context, stream, () => products.Multiply(matmul, 1, a.DevicePointer, b.DevicePointer, 0,
                c.DevicePointer, c.DevicePointer, algorithm, workspace.DevicePointer, WorkspaceBytes, stream));
            best = Math.Max(best, 2.0 * side * side * side / time);
            if (time >= LongProduct) break;
        }
        return best;
    }

    /// <summary>Numbers in [-1, 1), the same ones again and again: of zeros a product takes less power and time.
    /// </summary>
    static void Draw(CudaDeviceVariable<byte> matrix, CudaStream stream)
    {
        const int Drawn = 1 << 15;
        var random = new Random(1);
        var values = new byte[Drawn];
        for (int i = 0; i < Drawn; i += 2)
            BitConverter.TryWriteBytes(values.AsSpan(i), ((Cpu.BFloat16)(random.NextSingle() * 2 - 1)).Bits);
        matrix.CopyToDevice(values, stream);
        for (long there = Drawn; there < matrix.SizeInBytes; there *= 2)
            stream.Copy(matrix.DevicePointer + (ulong)there, matrix.DevicePointer,
                Math.Min(there, matrix.SizeInBytes - there));
    }

    /// <summary>Seconds of one, the least of several.</summary>
    static double Time(CudaContext context, CudaStream stream, Action launch)
    {
        using CudaEvent start = new(context), end = new(context);
        double best = double.PositiveInfinity;
        for (int i = 0; i <= Runs; i++)
        {
            start.Record(stream);
            launch();
            end.Record(stream);
            end.Synchronize();
            // The first loads the kernel.
            if (i > 0) best = Math.Min(best, CudaEvent.ElapsedTime(start, end) * 1e-3);
        }
        return Math.Max(best, 1e-9);
    }
}
