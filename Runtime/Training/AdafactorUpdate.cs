using System;
using System.Runtime.Intrinsics;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Training;

/// <summary>Adafactor's update of one parameter: a stack of tensors, each of one or more matrices, or of one axis.
/// </summary>
/// <remarks>
/// <para><b>Source</b>: see <see cref="Adafactor"/>.</para>
/// <para><b>Numerics</b>: a row's sums belong to one item of work, a column's to another, and sums over tensors are
/// taken in order afterwards: the same bits for any number of threads.</para>
/// </remarks>
public unsafe struct AdafactorUpdate : IWork
{
    const int ColumnsOfItem = 64;

    float* weights, gradients, rowSquares, columnSquares;
    double* updateSums, weightSums, factors, means;   // [rows of all matrices] twice; [tensors, 2]; [matrices]
    int matrices, rows, columns, phase;
    float decay, epsilon, scale;
    bool isFactored;

    /// <summary>Numbers of state for a parameter: rows and columns of each matrix, or all elements.</summary>
    /// <param name="tensors">Tensors in the stack.</param>
    /// <param name="matrices">Matrices of a tensor.</param>
    /// <param name="rows">Rows of a matrix; 1 for a tensor of one axis.</param>
    /// <param name="columns">Columns of a matrix.</param>
    /// <param name="isFactored">Whether rows and columns are kept instead of elements.</param>
    public static long StateLength(long tensors, long matrices, long rows, long columns, bool isFactored) =>
        isFactored ? tensors * matrices * (rows + columns) : tensors * matrices * rows * columns;

    /// <summary>Updates a parameter.</summary>
    /// <param name="pool">Threads.</param>
    /// <param name="optimizer">Hyperparameters.</param>
    /// <param name="weights">[tensors, matrices, rows, columns]; changed.</param>
    /// <param name="gradients">[tensors, matrices, rows, columns].</param>
    /// <param name="state">[<see cref="StateLength"/>]; changed.</param>
    /// <param name="scratch">Two doubles for each row and each tensor, one for each matrix; overwritten.</param>
    /// <param name="groups">[tensors]: settings of each.</param>
    /// <param name="step">From 1.</param>
    /// <param name="rate">The trainer's learning rate.</param>
    /// <param name="scale">What gradients are multiplied by.</param>
    /// <param name="tensors">Tensors in the stack.</param>
    /// <param name="matrices">Matrices of a tensor.</param>
    /// <param name="rows">Rows of a matrix.</param>
    /// <param name="columns">Columns of a matrix.</param>
    /// <param name="isFactored">Whether rows and columns are kept instead of elements.</param>
    public static void Run(WorkerPool pool, Adafactor optimizer, float* weights, float* gradients, float* state,
        float* scratch, ReadOnlySpan<GroupSettings> groups, int step, float rate, float scale, int tensors,
        int matrices, int rows, int columns, bool isFactored)
    {
        int all = tensors * matrices, allRows = all * rows;
        var work = new AdafactorUpdate
        {
            weights = weights, gradients = gradients, rowSquares = state,
            columnSquares = isFactored ? state + allRows : state, updateSums = (double*)scratch,
            weightSums = (double*)scratch + allRows, factors = (double*)scratch + 2 * allRows,
            means = (double*)scratch + 2 * allRows + 2 * tensors, matrices = matrices,
            rows = rows, columns = columns, isFactored = isFactored, scale = scale, epsilon = optimizer.SquareEpsilon,
            decay = (float)(1 - Math.Pow(step, -optimizer.DecayPower)),
        };
        int grain = Math.Max(1, 4096 / columns), strips = (columns + ColumnsOfItem - 1) / ColumnsOfItem;
        if (isFactored)
        {
            pool.Run(work with { phase = 0 }, allRows, grain);
            for (int matrix = 0; matrix < all; matrix++) work.means[matrix] = work.MeanOfRows(matrix);
            pool.Run(work with { phase = 1 }, all * strips, Math.Max(1, 64 / rows));
        }
        pool.Run(work with { phase = 2 }, allRows, grain);
        double count = (double)matrices * rows * columns;
        for (int t = 0; t < tensors; t++)
        {
            double update = 0, size = 0;
            for (int row = t * matrices * rows; row < (t + 1) * matrices * rows; row++)
            {
                update += work.updateSums[row];
                size += work.weightSums[row];
            }
            double length = groups[t].RateScale * (optimizer.RelativeStep ? Math.Min(rate, 1 / Math.Sqrt(step)) : rate);
            if (optimizer.ScaleByParameter)
                length *= Math.Max(optimizer.ParameterEpsilon, Math.Sqrt(size / count));
            double clip = Math.Max(1, Math.Sqrt(update / count) / optimizer.ClipThreshold);
            work.factors[2 * t] = length / clip;
            work.factors[2 * t + 1] = 1 - length * groups[t].Decay;
        }
        pool.Run(work with { phase = 3 }, allRows, grain);
    }

    /// <inheritdoc/>
    public readonly void Run(int first, int last)
    {
        for (int item = first; item < last; item++)
        {
            if (phase == 0) Row(item);
            else if (phase == 1) Columns(item);
            else Apply(item);
        }
    }

    /// <summary>The mean square of a row of the gradient, into its second moment.</summary>
    readonly void Row(int row)
    {
        float* g = gradients + (nint)row * columns;
        double sum = 0;
        for (int c = 0; c < columns; c++)
        {
            double value = g[c] * scale;
            sum += value * value;
        }
        rowSquares[row] = Mix(rowSquares[row], sum / columns);
    }

    /// <summary>The mean squares of a strip of columns.</summary>
    readonly void Columns(int item)
    {
        int strips = (columns + ColumnsOfItem - 1) / ColumnsOfItem, matrix = item / strips;
        int from = item % strips * ColumnsOfItem, width = Math.Min(ColumnsOfItem, columns - from);
        double* sums = stackalloc double[ColumnsOfItem];
        new Span<double>(sums, width).Clear();
        for (int r = 0; r < rows; r++)
        {
            float* g = gradients + ((nint)matrix * rows + r) * columns + from;
            for (int c = 0; c < width; c++)
            {
                double value = g[c] * scale;
                sums[c] += value * value;
            }
        }
        float* target = columnSquares + (nint)matrix * columns + from;
        for (int c = 0; c < width; c++) target[c] = Mix(target[c], sums[c] / rows);
    }

    readonly float Mix(float old, double square) => (float)(decay * old + (1 - decay) * (square + epsilon));

    /// <summary>Measures a row of the update and of the weights, or changes the weights by it.</summary>
    readonly void Apply(int row)
    {
        nint start = (nint)row * columns;
        int matrix = row / rows, tensor = matrix / matrices;
        float ofRow = isFactored ? (float)(1 / Math.Sqrt(rowSquares[row] / means[matrix])) : 0;
        bool measures = phase == 2;
        Vector512<double> updates = default, sizes = default;
        var length = measures ? default : Vector512.Create((float)factors[2 * tensor]);
        var keep = measures ? default : Vector512.Create((float)factors[2 * tensor + 1]);
        for (int c = 0; c < columns; c += 16)
        {
            int count = Math.Min(16, columns - c);
            var g = Vectors.LoadPartial(gradients + start + c, count) * Vector512.Create(scale);
            Vector512<float> update;
            if (isFactored)
            {
                var square = Vectors.LoadPartial(columnSquares + (nint)matrix * columns + c, count);
                update = g * Vector512.Create(ofRow) / Vector512.Sqrt(square);
            }
            else
            {
                float* at = rowSquares + start + c;
                var square = Vectors.LoadPartial(at, count);
                if (measures)
                {
                    square = square * Vector512.Create(decay)
                        + (g * g + Vector512.Create(epsilon)) * Vector512.Create(1 - decay);
                    Vectors.StorePartial(at, square, count);
                }
                update = g / Vector512.Sqrt(square);
            }
            // Lanes behind the row's end are 0 / 0.
            update = Vector512.BitwiseAnd(update, Lanes.Mask(count));
            var weight = Vectors.LoadPartial(weights + start + c, count);
            if (!measures)
            {
                Vectors.StorePartial(weights + start + c, weight * keep - update * length, count);
                continue;
            }
            (Vector512<double> low, Vector512<double> high) = Vector512.Widen(update);
            updates += low * low + high * high;
            (low, high) = Vector512.Widen(weight);
            sizes += low * low + high * high;
        }
        if (!measures) return;
        updateSums[row] = Vector512.Sum(updates);
        weightSums[row] = Vector512.Sum(sizes);
    }

    readonly double MeanOfRows(int matrix)
    {
        double sum = 0;
        for (int r = 0; r < rows; r++) sum += rowSquares[matrix * rows + r];
        return sum / rows;
    }
}
