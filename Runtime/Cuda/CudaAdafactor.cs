using System;
using ModelCompiler.Runtime.Training;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Adafactor's update of one parameter on the device: the twin of <see cref="AdafactorUpdate"/>.</summary>
/// <remarks>
/// <para><b>Source</b>: see <see cref="Adafactor"/>.</para>
/// <para><b>Numerics</b>: sums over rows, columns and tensors in double, in a fixed order.</para>
/// <para><b>Memory</b>: nothing is allocated but a kernel's code on its first use; scratch memory is the caller's.
/// </para>
/// </remarks>
public static unsafe class CudaAdafactor
{
    const string File = "adafactor";
    const int Threads = 256, RowsOfBlock = 8;

    /// <summary>Bytes of scratch memory that <see cref="Update"/> needs.</summary>
    /// <param name="tensors">Tensors in the stack.</param>
    /// <param name="matrices">Matrices of a tensor.</param>
    /// <param name="rows">Rows of a matrix.</param>
    public static long ScratchBytes(long tensors, long matrices, long rows) =>
        CudaElements.Aligned((2 * tensors * matrices * rows + 2 * tensors + tensors * matrices) * sizeof(double));

    /// <summary>Updates a parameter.</summary>
    /// <param name="library">Kernels.</param>
    /// <param name="stream">In whose order.</param>
    /// <param name="optimizer">Hyperparameters.</param>
    /// <param name="numbers">One <see cref="StepNumbers"/>: rate, scale and step.</param>
    /// <param name="weights">[tensors, matrices, rows, columns] fp32; changed.</param>
    /// <param name="gradients">[tensors, matrices, rows, columns] fp32.</param>
    /// <param name="state">[<see cref="AdafactorUpdate.StateLength"/>] fp32; changed.</param>
    /// <param name="scratch">[<see cref="ScratchBytes"/>], a multiple of 8; overwritten.</param>
    /// <param name="groups">[tensors] <see cref="GroupSettings"/> in device memory.</param>
    /// <param name="tensors">Tensors in the stack.</param>
    /// <param name="matrices">Matrices of a tensor.</param>
    /// <param name="rows">Rows of a matrix.</param>
    /// <param name="columns">Columns of a matrix.</param>
    /// <param name="isFactored">Whether rows and columns are kept instead of elements.</param>
    public static void Update(KernelLibrary library, CudaStream stream, Adafactor optimizer, ulong numbers,
        ulong weights, ulong gradients, ulong state, ulong scratch, ulong groups, int tensors, int matrices, int rows,
        int columns, bool isFactored)
    {
        ArgumentNullException.ThrowIfNull(library);
        ArgumentNullException.ThrowIfNull(optimizer);
        long all = (long)tensors * matrices, allRows = all * rows;
        if (allRows * columns == 0) return;
        var own = new AdafactorNumbers
        {
            Matrices = matrices, Rows = rows, Columns = columns, IsFactored = isFactored ? 1 : 0,
            IsRelative = optimizer.RelativeStep ? 1 : 0, ScalesByParameter = optimizer.ScaleByParameter ? 1 : 0,
            ClipThreshold = optimizer.ClipThreshold, DecayPower = optimizer.DecayPower,
            SquareEpsilon = optimizer.SquareEpsilon, ParameterEpsilon = optimizer.ParameterEpsilon,
        };
        ulong columnSquares = state + (ulong)allRows * sizeof(float);
        ulong weightSums = scratch + (ulong)allRows * sizeof(double);
        ulong factors = weightSums + (ulong)allRows * sizeof(double);
        ulong means = factors + 2ul * (ulong)tensors * sizeof(double);
        CudaLaunchShape byRow = CudaLaunchShape.Of(CudaElements.Blocks(allRows, RowsOfBlock), Threads);
        if (isFactored)
        {
            void** ofRows = stackalloc void*[] { &state, &gradients, &numbers, &allRows, &own };
            library.Get(File, "adafactor_rows").Launch(stream, byRow, ofRows);
            void** ofMeans = stackalloc void*[] { &means, &state, &numbers, &own };
            library.Get(File, "adafactor_means").Launch(stream, CudaLaunchShape.Of(checked((int)all), Threads),
                ofMeans);
            void** ofColumns = stackalloc void*[] { &columnSquares, &gradients, &numbers, &own };
            library.Get(File, "adafactor_columns").Launch(stream,
                new CudaLaunchShape(CudaElements.Blocks(columns, 32), checked((int)all), 1, 32, 16), ofColumns);
        }
        void** measuring = stackalloc void*[]
        {
            &scratch, &weightSums, &state, &columnSquares, &means, &weights, &gradients, &numbers, &allRows, &own,
        };
        library.Get(File, "adafactor_measure").Launch(stream, byRow, measuring);
        void** ofFactors = stackalloc void*[] { &factors, &scratch, &weightSums, &groups, &numbers, &own };
        library.Get(File, "adafactor_factors").Launch(stream, CudaLaunchShape.Of(tensors, Threads), ofFactors);
        void** applying = stackalloc void*[]
        {
            &weights, &factors, &state, &columnSquares, &means, &gradients, &numbers, &allRows, &own,
        };
        library.Get(File, "adafactor_apply").Launch(stream, byRow, applying);
    }

    /// <summary>As adafactor.cu has it.</summary>
    struct AdafactorNumbers
    {
        public int Matrices, Rows, Columns, IsFactored, IsRelative, ScalesByParameter;
        public float ClipThreshold, DecayPower, SquareEpsilon, ParameterEpsilon;
    }
}
